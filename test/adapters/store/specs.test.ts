import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Specs } from '../../../adapters/store/specs.ts';
import { NotFoundError, StoreConflictError } from '../../../core/errors.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { specSource, startMs } from '../../core/rollout/rollout-for-tests.ts';
import documents from '../../data/upgrades/documents-v1.json' with { type: 'json' };
import { overtakenStore } from './rollouts-for-tests.ts';

const withAlarms = (...alarms: readonly string[]): Partial<RolloutSpecSource> => ({ analysis: { alarms: [...alarms] } });
const source = (change: Partial<RolloutSpecSource> = {}) => ({ ...specSource(change) });

describe('applying a spec', () => {
  it('stores the first version, parsed and as it stands in the file', async () => {
    const specs = new Specs(createMemoryStore());
    expect(await specs.apply(source(), startMs)).toEqual({ specVersion: 1, changed: true });
    const stored = await specs.load('checkout');
    expect(stored).toMatchObject({
      specVersion: 1,
      appliedAtMs: startMs,
      spec: { name: 'checkout', deadlines: { rolloutSeconds: 7_200 } },
    });
    expect(stored.source).toEqual(source());
  });

  it('counts the versions, and keeps all of them', async () => {
    const store = createMemoryStore();
    const specs = new Specs(store);
    await specs.apply(source(), startMs);
    expect(await specs.apply(source({ namespace: 'shop-2' }), startMs + 1)).toEqual({ specVersion: 2, changed: true });
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 2, appliedAtMs: startMs + 1, spec: { namespace: 'shop-2' } });
    const versions = await store.list('specs#checkout');
    expect(versions.map(({ value }) => value['specVersion'])).toEqual([1, 2]);
  });

  it('changes nothing where the spec is the same', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    expect(await specs.apply(source(), startMs + 1)).toEqual({ specVersion: 1, changed: false });
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 1, appliedAtMs: startMs });
  });

  it('changes nothing where only the order of its keys differs, which the store does not keep', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    const turned = Object.fromEntries(Object.entries(source()).toReversed());
    expect(await specs.apply(turned, startMs + 1)).toEqual({ specVersion: 1, changed: false });
  });

  it('swaps every alarm and the repository within one write of the store, which takes 100 changes', async () => {
    const store = createMemoryStore();
    const specs = new Specs(store);
    const many = (of: string) => withAlarms(...Array.from({ length: 48 }, (_, index) => `${of}-${index}`));
    await specs.apply(source(many('before')), startMs);
    await specs.apply(source({ ...many('after'), image: { repository: 'registry.example.com/shop/other' } }), startMs + 1);
    expect(await specs.namesForAlarm('before-47')).toEqual([]);
    expect(await specs.namesForAlarm('after-47')).toEqual(['checkout']);
    await expect(specs.apply(source(withAlarms(...Array.from({ length: 49 }, (_, index) => `one-${index}`))), startMs)).rejects.toThrow();
  });

  it('is a conflict where somebody else applied in between, and leaves theirs whole', async () => {
    const store = createMemoryStore();
    const specs = new Specs(store);
    const late = new Specs(overtakenStore(store, () => specs.apply(source(withAlarms('theirs')), startMs)));
    await expect(late.apply(source(withAlarms('ours')), startMs)).rejects.toThrow(StoreConflictError);
    expect(await specs.namesForAlarm('ours')).toEqual([]);
    expect(await specs.namesForAlarm('theirs')).toEqual(['checkout']);
  });

  it.each([
    ['an unknown key', { ...source(), wieght: 5 }],
    ['no steps', { ...source(), steps: [] }],
  ])('refuses %s, and stores nothing', async (_what, bad) => {
    const specs = new Specs(createMemoryStore());
    await expect(specs.apply(bad, startMs)).rejects.toThrow();
    expect(await specs.list()).toEqual([]);
  });
});

describe('finding a spec', () => {
  it('lists all, by name', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    await specs.apply(source({ name: 'cart' }), startMs);
    expect((await specs.list()).map(({ spec }) => spec.name)).toEqual(['cart', 'checkout']);
  });

  it('names those that are known where the name is not', async () => {
    const specs = new Specs(createMemoryStore());
    const first = specs.load('chekout');
    await expect(first).rejects.toThrow(NotFoundError);
    await expect(first).rejects.toThrow('There is no rollout named chekout; there are: none. Apply its spec');
    await specs.apply(source(), startMs);
    await specs.apply(source({ name: 'cart' }), startMs);
    await expect(specs.load('chekout')).rejects.toThrow('there are: cart, checkout.');
  });
});

describe('the index from alarms and repositories to rollouts', () => {
  it('follows the spec', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(withAlarms('errors', 'latency')), startMs);
    expect(await specs.namesForAlarm('errors')).toEqual(['checkout']);
    expect(await specs.namesForRepository('registry.example.com/shop/checkout')).toEqual(['checkout']);

    const image = { repository: 'registry.example.com/shop/checkout-2' };
    await specs.apply(source({ ...withAlarms('latency', 'saturation'), image }), startMs);
    expect(await specs.namesForAlarm('errors')).toEqual([]);
    expect(await specs.namesForAlarm('latency')).toEqual(['checkout']);
    expect(await specs.namesForAlarm('saturation')).toEqual(['checkout']);
    expect(await specs.namesForRepository('registry.example.com/shop/checkout')).toEqual([]);
    expect(await specs.namesForRepository(image.repository)).toEqual(['checkout']);
  });

  it('leads to all rollouts that share an alarm or a repository, and loses only the one that gives it up', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(withAlarms('errors')), startMs);
    await specs.apply(source({ name: 'cart', ...withAlarms('errors') }), startMs);
    expect(await specs.namesForAlarm('errors')).toEqual(['cart', 'checkout']);
    expect(await specs.namesForRepository('registry.example.com/shop/checkout')).toEqual(['cart', 'checkout']);
    await specs.apply(source({ name: 'cart', ...withAlarms('other') }), startMs);
    expect(await specs.namesForAlarm('errors')).toEqual(['checkout']);
  });

  it('keeps alerts apart from alarms of the same name', async () => {
    const specs = new Specs(createMemoryStore());
    const prometheus = { url: 'http://prometheus.example.com' };
    await specs.apply(source({ analysis: { prometheus, alarms: ['errors'], alerts: ['latency', 'errors'] } }), startMs);
    await specs.apply(source({ name: 'cart', analysis: { prometheus, alerts: ['latency'] } }), startMs);
    expect(await specs.namesForAlert('latency')).toEqual(['cart', 'checkout']);
    expect(await specs.namesForAlarm('latency')).toEqual([]);
    expect(await specs.namesForAlert('errors')).toEqual(['checkout']);
    await specs.apply(source({ analysis: { prometheus, alarms: ['errors'], alerts: ['latency'] } }), startMs);
    expect(await specs.namesForAlert('errors')).toEqual([]);
    expect(await specs.namesForAlarm('errors')).toEqual(['checkout']);
  });

  it('takes 48 alarms and alerts together, and refuses one more', async () => {
    const prometheus = { url: 'http://prometheus.example.com' };
    const many = (alarms: number, alerts: number) => ({
      analysis: {
        prometheus,
        alarms: Array.from({ length: alarms }, (_, index) => `alarm-${index}`),
        alerts: Array.from({ length: alerts }, (_, index) => `alert-${index}`),
      },
    });
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(many(24, 24)), startMs);
    await expect(specs.apply(source(many(24, 25)), startMs)).rejects.toThrow('at most 48 alarms and alerts together');
  });

  it('takes a name that a spec says twice once', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(withAlarms('errors', 'errors')), startMs);
    expect(await specs.namesForAlarm('errors')).toEqual(['checkout']);
  });

  it('is empty for what no spec names', async () => {
    const specs = new Specs(createMemoryStore());
    expect(await specs.namesForAlarm('errors')).toEqual([]);
    expect(await specs.namesForRepository('registry.example.com/shop/checkout')).toEqual([]);
  });

  it('takes 48 alarms, all of them exchanged for others along with the repository: exactly the hundred changes of one transaction', async () => {
    const specs = new Specs(createMemoryStore());
    const many = (prefix: string) => withAlarms(...Array.from({ length: 48 }, (_, index) => `${prefix}-${index}`));
    await specs.apply(source(many('before')), startMs);
    const image = { repository: 'registry.example.com/shop/checkout-2' };
    expect(await specs.apply(source({ ...many('after'), image }), startMs)).toEqual({ specVersion: 2, changed: true });
    expect(await specs.namesForAlarm('before-47')).toEqual([]);
    expect(await specs.namesForAlarm('after-47')).toEqual(['checkout']);
  });
});

describe('a spec that is retired', () => {
  const repository = specSource().image.repository;

  it('is found by no push, and still by whoever asks for it by name', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    expect(await specs.retire('checkout', startMs + 1)).toBe(true);
    expect(await specs.namesForRepository(repository)).toEqual([]);
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 1, retiredAtMs: startMs + 1 });
    expect(await specs.list()).toMatchObject([{ specVersion: 1, retiredAtMs: startMs + 1 }]);
  });

  it('stays in the index of alarms and alerts, for a rollout that runs by it', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    await specs.retire('checkout', startMs + 1);
    expect(await specs.namesForAlarm('checkout-errors')).toEqual(['checkout']);
    expect(await specs.namesForAlert('CheckoutSlow')).toEqual(['checkout']);
  });

  it('comes back as the next version, by the same text too, and then follows it', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    await specs.retire('checkout', startMs + 1);
    expect(await specs.apply(source(), startMs + 2)).toEqual({ specVersion: 2, changed: true });
    expect(await specs.namesForRepository(repository)).toEqual(['checkout']);
    expect(await specs.load('checkout')).toMatchObject({ retiredAtMs: undefined, appliedAtMs: startMs + 2 });
    await specs.retire('checkout', startMs + 3);
    await specs.apply(source(withAlarms('latency')), startMs + 4);
    expect(await specs.namesForAlarm('checkout-errors')).toEqual([]);
    expect(await specs.namesForAlarm('latency')).toEqual(['checkout']);
  });

  it('is retired once, and one that nobody knows not at all', async () => {
    const specs = new Specs(createMemoryStore());
    await specs.apply(source(), startMs);
    await specs.retire('checkout', startMs + 1);
    expect(await specs.retire('checkout', startMs + 2)).toBe(false);
    expect(await specs.load('checkout')).toMatchObject({ retiredAtMs: startMs + 1 });
    expect(await specs.retire('cart', startMs)).toBe(false);
  });

  it('is a conflict where somebody else applied in between: theirs stays in use', async () => {
    const store = createMemoryStore();
    const specs = new Specs(store);
    await specs.apply(source(), startMs);
    const late = new Specs(overtakenStore(store, () => specs.apply(source(withAlarms('theirs')), startMs)));
    await expect(late.retire('checkout', startMs)).rejects.toThrow(StoreConflictError);
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 2, retiredAtMs: undefined });
    expect(await specs.namesForRepository(repository)).toEqual(['checkout']);
  });
});

describe('the documents that version 1 has written', () => {
  it('O6: are read, and replaced by the next version', async () => {
    const store = createMemoryStore();
    await store.write([{ put: { partition: 'specs', sort: 'checkout' }, value: documents.spec, expect: 'absent' }]);
    const specs = new Specs(store);
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 3, retiredAtMs: undefined });
    expect(await specs.apply(source(withAlarms('latency')), startMs)).toEqual({ specVersion: 4, changed: true });
  });
});

import { describe, expect, it } from 'vitest';
import { History } from '../../../adapters/store/history.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Untold } from '../../../adapters/store/untold.ts';
import { AwsUnavailableError, FencedError, StoreUnavailableError } from '../../../core/errors.ts';
import type { SluiceEvent } from '../../../core/ports.ts';
import { endAndTell, saveAndTell, tellUntold } from '../../../runtime/acts/announce.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { spec } from '../../core/rollout/rollout-for-tests.ts';

const advance = { transition: 'advanced', reason: 'All pass.' } as const;

/** A rollout under way, and a bus that can be taken away. */
async function stage() {
  const store = createMemoryStore();
  const { clock, rollouts, held, record } = await underWay(store);
  const bus = { down: false, told: [] as SluiceEvent[] };
  const events = {
    publish: async (published: readonly SluiceEvent[]) => {
      if (bus.down) throw new AwsUnavailableError('The bus does not answer.', { remedy: 'Wait.' });
      bus.told.push(...published);
    },
  };
  const deps = { store, clock, events, log: createMemoryLog() };
  return { bus, clock, deps, rollouts, record, open: { rollouts, held, spec: spec() }, untold: () => new Untold(store).list() };
}

const ids = (events: readonly SluiceEvent[]) => events.map(({ id }) => id);

describe('P1: a transition', () => {
  it('is written with its line in the history, told, and no longer to be told', async () => {
    const { bus, deps, open, record, untold } = await stage();
    const saved = await saveAndTell(deps, open, { stepIndex: 1 }, advance);
    expect(saved.record.stepIndex).toBe(1);
    expect(bus.told).toMatchObject([{ id: 'checkout-000001/advanced/1/1', detail: { stepIndex: 1, reason: 'All pass.' } }]);
    expect(await new History(deps.store).list(record.rolloutId)).toMatchObject([{ what: 'advanced', stepIndex: 1, reason: 'All pass.' }]);
    expect(await untold()).toEqual([]);
  });

  it('that the bus did not take is written all the same, and told later as it was', async () => {
    const { bus, clock, deps, open, untold } = await stage();
    bus.down = true;
    await saveAndTell(deps, open, { stepIndex: 1 }, advance);
    const [left] = await untold();
    await clock.sleep(60_000);
    expect(await tellUntold(deps, { untilMs: clock.now() })).toEqual([]);
    bus.down = false;
    expect(await tellUntold(deps, { untilMs: clock.now() })).toEqual(['checkout-000001/advanced/1/1']);
    expect(bus.told).toEqual([left]);
    expect(await untold()).toEqual([]);
  });

  it('is not told behind one that nobody could look for: whoever tells is called again', async () => {
    const { clock, deps } = await stage();
    const away = () => Promise.reject(new StoreUnavailableError('The store does not answer.', { remedy: 'Wait.' }));
    const telling = tellUntold({ ...deps, store: { ...deps.store, list: away } }, { untilMs: clock.now() });
    await expect(telling).rejects.toThrow(StoreUnavailableError);
  });

  it('that was not written is not told', async () => {
    const { bus, deps, open, record, rollouts, untold } = await stage();
    await rollouts.raiseFence('checkout', record.rolloutId, {});
    await expect(saveAndTell(deps, open, { stepIndex: 1 }, advance)).rejects.toThrow(FencedError);
    await expect(endAndTell(deps, open, 'succeeded', { reason: 'Stable runs v2.' })).rejects.toThrow(FencedError);
    expect(bus.told).toEqual([]);
    expect(await untold()).toEqual([]);
  });

  it.each(['succeeded', 'rolledBack', 'failed'] as const)('to %s outlasts the rollout until it is told', async (phase) => {
    const { bus, deps, open, record, untold } = await stage();
    bus.down = true;
    await endAndTell(deps, open, phase, { reason: 'It is over.' });
    expect(await untold()).toMatchObject([{ detail: { transition: phase, phase } }]);
    bus.down = false;
    await tellUntold(deps, record);
    expect(ids(bus.told)).toEqual([`checkout-000001/${phase}/0/1`]);
  });
});

describe('what was left untold', () => {
  it('is told in its order, and of one rollout where only that is meant', async () => {
    const { bus, clock, deps, open, untold } = await stage();
    bus.down = true;
    const begun = await saveAndTell(deps, open, {}, { transition: 'begun', reason: 'Rolling out v2.' });
    await clock.sleep(1000);
    await saveAndTell(deps, { ...open, held: begun }, { stepIndex: 1 }, advance);
    bus.down = false;
    expect(await tellUntold(deps, { rolloutId: 'cart-000001' })).toEqual([]);
    await tellUntold(deps, { rolloutId: 'checkout-000001' });
    expect(ids(bus.told)).toEqual(['checkout-000001/begun/0/1', 'checkout-000001/advanced/1/1']);
    expect(await untold()).toEqual([]);
  });

  it('is left to a Lambda that has only just written it', async () => {
    const { bus, clock, deps, open } = await stage();
    bus.down = true;
    await saveAndTell(deps, open, { stepIndex: 1 }, advance);
    bus.down = false;
    expect(await tellUntold(deps, { untilMs: clock.now() - 1 })).toEqual([]);
    expect(bus.told).toEqual([]);
  });
});

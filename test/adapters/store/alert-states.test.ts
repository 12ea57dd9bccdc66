import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertStates } from '../../../adapters/store/alert-states.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import type { AlertTold } from '../../../core/spec/alert.ts';
import { overtakenStore } from './rollouts-for-tests.ts';

const told = (state: AlertTold['state'], sinceMs: number | undefined, fingerprint = 'a'): AlertTold => ({
  name: 'Errors',
  fingerprint,
  state,
  reason: `${fingerprint} is ${state}.`,
  sinceMs,
});
const nowMs = 1_000;
const firing = async (states: AlertStates) => (await states.firing(['Errors'])).map(({ reason }) => reason);

describe('alerts that were pushed', () => {
  it('are firing under no name of which nothing was noted', async () => {
    expect(await new AlertStates(createMemoryStore()).firing(['Errors', 'Latency'])).toEqual([]);
  });

  it('fire under their name as long as one of them does', async () => {
    const states = new AlertStates(createMemoryStore());
    await states.note('Errors', [told('alarm', 5, 'a'), told('alarm', 6, 'b')], nowMs);
    expect(await states.firing(['Latency', 'Errors'])).toEqual([{ name: 'Errors', state: 'alarm', reason: 'b is alarm.', sinceMs: 6 }]);
    await states.note('Errors', [told('ok', 7, 'b')], nowMs);
    expect(await firing(states)).toEqual(['a is alarm.']);
    await states.note('Errors', [told('ok', 8, 'a')], nowMs);
    expect(await firing(states)).toEqual([]);
  });

  it('date from when they were told, where they do not say', async () => {
    const states = new AlertStates(createMemoryStore());
    await states.note('Errors', [told('alarm', undefined)], nowMs);
    expect(await states.firing(['Errors'])).toMatchObject([{ sinceMs: nowMs }]);
  });

  it('O2: are noted once, however often they are told', async () => {
    const store = createMemoryStore();
    const states = new AlertStates(store);
    for (let delivery = 0; delivery < 3; delivery += 1) await states.note('Errors', [told('alarm', 5), told('ok', 6, 'b')], nowMs);
    expect(await store.read({ partition: 'alert#Errors', sort: 'state' })).toMatchObject({ version: 1 });
  });

  it('O2: end in the newest state, in whatever order they come', async () => {
    const changes = [told('alarm', 5), told('ok', 6), told('alarm', 7), told('ok', 8, 'b')];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(changes, { minLength: changes.length }), async (shuffled) => {
        const states = new AlertStates(createMemoryStore());
        for (const change of shuffled) await states.note('Errors', [change], nowMs);
        expect(await states.firing(['Errors'])).toMatchObject([{ sinceMs: 7 }]);
      }),
    );
  });

  it('are noted anew where somebody else noted at the same moment', async () => {
    const store = createMemoryStore();
    const plain = new AlertStates(store);
    const late = new AlertStates(overtakenStore(store, () => plain.note('Errors', [told('alarm', 5, 'theirs')], nowMs)));
    await late.note('Errors', [told('ok', 6, 'ours')], nowMs);
    expect(await firing(plain)).toEqual(['theirs is alarm.']);
  });

  it('are kept by the fifty that are newest: labels that change for ever do not fill the store', async () => {
    const store = createMemoryStore();
    const states = new AlertStates(store);
    await states.note(
      'Errors',
      Array.from({ length: 80 }, (_, index) => told('alarm', index, `pod-${index}`)),
      nowMs,
    );
    const item = await store.read({ partition: 'alert#Errors', sort: 'state' });
    expect(item?.value['alerts']).toHaveLength(50);
    expect(await firing(states)).toEqual(['pod-79 is alarm.']);
  });

  it('leave a CloudWatch alarm of the same name alone', async () => {
    const store = createMemoryStore();
    await new AlertStates(store).note('Errors', [told('alarm', 5)], nowMs);
    expect(await store.read({ partition: 'alarm#Errors', sort: 'state' })).toBeUndefined();
  });
});

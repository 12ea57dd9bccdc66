import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlarmStates } from '../../../adapters/store/alarm-states.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import type { AlarmReading, AlarmState } from '../../../core/metric-ports.ts';
import { overtakenStore, scheduledStore } from './rollouts-for-tests.ts';

const reading = (state: AlarmReading['state'], sinceMs: number | undefined, name = 'errors'): AlarmReading => ({
  name,
  state,
  reason: `It is ${state}.`,
  sinceMs,
});
const nowMs = 1_000;

describe('the state of an alarm', () => {
  it('that was never noted is unavailable, not ok', async () => {
    expect(await new AlarmStates(createMemoryStore()).read(['errors'])).toEqual([
      { name: 'errors', state: 'unavailable', reason: 'its state was never noted', sinceMs: undefined },
    ]);
  });

  it.each<AlarmState | 'missing'>(['ok', 'alarm', 'insufficientData', 'missing'])('that was noted as %s is read as that', async (state) => {
    const states = new AlarmStates(createMemoryStore());
    await states.note(reading(state, 5), nowMs);
    expect(await states.read(['errors'])).toEqual([reading(state, 5)]);
  });

  it('is read in the order asked, some known and some not', async () => {
    const states = new AlarmStates(createMemoryStore());
    await states.note(reading('alarm', 5, 'b'), nowMs);
    await states.note(reading('ok', 5, 'c'), nowMs);
    expect((await states.read(['c', 'a', 'b'])).map(({ name, state }) => [name, state])).toEqual([
      ['c', 'ok'],
      ['a', 'unavailable'],
      ['b', 'alarm'],
    ]);
    expect(await states.read([])).toEqual([]);
  });

  it('dates from now where the source does not tell since when', async () => {
    const states = new AlarmStates(createMemoryStore());
    await states.note(reading('missing', undefined), nowMs);
    expect(await states.read(['errors'])).toEqual([reading('missing', nowMs)]);
  });
});

describe('O2: of several notes', () => {
  it.each<[string, number, number, AlarmState]>([
    ['the newer wins', 5, 6, 'alarm'],
    ['the older is ignored', 6, 5, 'ok'],
    ['the one that came last wins where both are of one time', 5, 5, 'alarm'],
  ])('%s', async (_what, okMs, alarmMs, expected) => {
    const states = new AlarmStates(createMemoryStore());
    await states.note(reading('ok', okMs), nowMs);
    await states.note(reading('alarm', alarmMs), nowMs);
    expect(await states.read(['errors'])).toMatchObject([{ state: expected }]);
  });

  it('the same one, told twice, is written once', async () => {
    const store = createMemoryStore();
    const states = new AlarmStates(store);
    await states.note(reading('alarm', 5), nowMs);
    await states.note({ ...reading('alarm', 5), reason: 'in other words' }, nowMs + 1);
    expect(await store.read({ partition: 'alarm#errors', sort: 'state' })).toMatchObject({ version: 1, value: { reason: 'It is alarm.' } });
  });

  it('one that could not be read says nothing', async () => {
    const states = new AlarmStates(createMemoryStore());
    await states.note(reading('alarm', 5), nowMs);
    await states.note(reading('unavailable', undefined), nowMs + 1);
    expect(await states.read(['errors'])).toMatchObject([{ state: 'alarm' }]);
  });

  it('the newer one is noted even where an older one is quicker', async () => {
    const store = createMemoryStore();
    const plain = new AlarmStates(store);
    await new AlarmStates(overtakenStore(store, () => plain.note(reading('ok', 5), nowMs))).note(reading('alarm', 6), nowMs);
    expect(await plain.read(['errors'])).toMatchObject([{ state: 'alarm' }]);
  });

  it('the newest remains, in whatever order they come', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.uniqueArray(fc.nat({ max: 100 }), { minLength: 1, maxLength: 4 }), async (scheduler, times) => {
        const store = createMemoryStore();
        const states = new AlarmStates(scheduledStore(store, (label) => scheduler.schedule(Promise.resolve(label), label)));
        await scheduler.waitFor(Promise.all(times.map((sinceMs) => states.note(reading('ok', sinceMs), nowMs))));
        expect(await new AlarmStates(store).read(['errors'])).toMatchObject([{ sinceMs: Math.max(...times) }]);
      }),
      { numRuns: 100 },
    ));
});

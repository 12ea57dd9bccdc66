import { describe, expect, it } from 'vitest';
import { rolloutsEndedSince } from '../../../adapters/store/ended-rollouts.ts';
import { begin, underWay } from './rollouts-for-tests.ts';

describe('the rollouts that have ended since a moment', () => {
  it('are the last ones of services that nobody holds', async () => {
    const { store, clock, rollouts, record, held } = await underWay();
    const sinceMs = clock.now();
    expect(await rolloutsEndedSince(store, rollouts, sinceMs)).toEqual([]);
    await rollouts.end(held, { phase: 'rolledBack' });
    expect((await rolloutsEndedSince(store, rollouts, sinceMs)).map((ended) => ended.record.rolloutId)).toEqual([record.rolloutId]);
    expect(await rolloutsEndedSince(store, rollouts, sinceMs + 1)).toEqual([]);
    await begin(rollouts, 'second');
    expect(await rolloutsEndedSince(store, rollouts, sinceMs)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { mostDescribed, sweepRollouts } from '../../../../runtime/acts/sweep/sweep-rollouts.ts';
import { nameOf, runningRollouts } from './running-rollouts.ts';

describe('a sweep over many rollouts', () => {
  it('asks about a few executions at a time', async () => {
    const { deps, rollouts, executions } = await runningRollouts(60);
    expect(new Set(await sweepRollouts(deps, await rollouts.active()))).toEqual(new Set(['fine']));
    expect(executions.described).toHaveLength(60);
    expect(executions.mostAtOnce).toBe(10);
  });

  it('asks about as many as the quota allows, and about the others in the next run', async () => {
    const count = mostDescribed + 50;
    const { deps, rollouts, executions } = await runningRollouts(count);
    const first = await sweepRollouts(deps, await rollouts.active());
    expect(first.filter((swept) => swept === 'later')).toHaveLength(50);
    expect(executions.described).toHaveLength(mostDescribed);
    const second = await sweepRollouts(deps, await rollouts.active());
    expect(second.slice(-50)).toEqual(Array(50).fill('fine'));
    expect(new Set(executions.described).size).toBe(count);
  });

  it('stops where Step Functions has too many requests, and goes on from there in the next run', async () => {
    const { deps, rollouts, executions } = await runningRollouts(60);
    executions.throttledFrom = 31;
    const first = await sweepRollouts(deps, await rollouts.active());
    expect(first.slice(0, 30)).toEqual(Array(30).fill('fine'));
    const asked = new Set(executions.described);
    expect(asked.size).toBeLessThanOrEqual(40);
    expect(first.filter((swept) => swept === 'later')).toHaveLength(60 - asked.size);
    executions.throttledFrom = Number.POSITIVE_INFINITY;
    executions.described.length = 0;
    await sweepRollouts(deps, await rollouts.active());
    expect(executions.described[0]).toBe(nameOf(asked.size));
    expect(executions.described).toHaveLength(60);
  });

  it('O3: comes to all whose lease is over, however many they are and whatever Step Functions answers', async () => {
    const { deps, rollouts, executions, clock, phaseOf } = await runningRollouts(3);
    await clock.sleep(61_000);
    executions.throttledFrom = 0;
    expect(await sweepRollouts(deps, await rollouts.active())).toEqual(['aborted', 'aborted', 'aborted']);
    expect(await Promise.all([0, 1, 2].map(phaseOf))).toEqual(['rollingBack', 'rollingBack', 'rollingBack']);
  });

  it('finds the one whose execution died within its lease', async () => {
    const { deps, rollouts, executions, phaseOf } = await runningRollouts(12);
    executions.dead.set(nameOf(7), 'failed');
    const swept = await sweepRollouts(deps, await rollouts.active());
    expect(swept.map((outcome, index) => [index, outcome]).filter(([, outcome]) => outcome !== 'fine')).toEqual([[7, 'aborted']]);
    expect(await phaseOf(7)).toBe('rollingBack');
  });

  it('is kept from none by another that fails', async () => {
    const { deps, rollouts, store } = await runningRollouts(3);
    const broken = {
      ...store,
      read: (key: Parameters<typeof store.read>[0]) =>
        key.partition.endsWith('0001') ? Promise.reject(new Error('damaged')) : store.read(key),
    };
    expect(await sweepRollouts({ ...deps, store: broken }, await rollouts.active())).toEqual(['fine', 'failed', 'fine']);
    expect(deps.log.lines.map(({ level }) => level)).toContain('error');
  });
});

import { describe, expect, it } from 'vitest';
import { leaseSeconds } from '../../adapters/store/rollouts.ts';
import { sweep } from '../../functions/sweep.ts';
import type { Deps } from '../../runtime/deps.ts';
import { nameOf, runningRollouts } from '../runtime/acts/sweep/running-rollouts.ts';

const none = async () => [];

/** The sweep over so many rollouts, with nothing else to look after. */
async function sweepOver(count: number) {
  const running = await runningRollouts(count);
  const others = {
    images: { resolve: () => Promise.reject(new Error('nothing was pushed')), pushedSince: none },
    alarms: { read: none },
    events: { publish: async () => undefined },
  };
  const run = sweep.wiredWith({ ...running.deps, ...others } as unknown as Deps);
  return { ...running, schedule: () => run({}) };
}

describe('the sweep', () => {
  it('O3: rolls back a rollout whose execution is dead, though its lease is not over', async () => {
    const { schedule, executions, phaseOf } = await sweepOver(3);
    executions.dead.set(nameOf(1), 'failed');
    expect(await schedule()).toMatchObject({ rollouts: { 'service-0001-000001': 'aborted' } });
    expect(await Promise.all([0, 1, 2].map(phaseOf))).toEqual(['progressing', 'rollingBack', 'progressing']);
  });

  it('O3: rolls back a rollout whose execution runs and is not heard of within its lease, and stops that execution', async () => {
    const { schedule, clock, phaseOf, executions, arnOf } = await sweepOver(1);
    await clock.sleep(leaseSeconds * 1000);
    expect(await schedule()).toMatchObject({ rollouts: { 'service-0000-000001': 'fine' } });
    await clock.sleep(1);
    expect(await schedule()).toMatchObject({ rollouts: { 'service-0000-000001': 'aborted' } });
    expect(await phaseOf(0)).toBe('rollingBack');
    expect(executions.stopped).toEqual([arnOf(nameOf(0))]);
  });

  it('O3: leaves a rollout alone whose lease was renewed meanwhile', async () => {
    const { schedule, clock, rollouts, phaseOf } = await sweepOver(1);
    await clock.sleep(leaseSeconds * 1000);
    const [lock] = await rollouts.active();
    await rollouts.save(await rollouts.load(nameOf(0), lock?.rolloutId ?? ''), {});
    await clock.sleep(leaseSeconds * 1000);
    expect(await schedule()).toMatchObject({ rollouts: { 'service-0000-000001': 'fine' } });
    expect(await phaseOf(0)).toBe('progressing');
  });

  it('O3: starts a rollback again whose own execution is dead, under a name of its own', async () => {
    const { schedule, clock, executions, rollouts } = await sweepOver(1);
    executions.dead.set(nameOf(0), 'failed');
    await schedule();
    executions.dead.set('service-0000-2-1', 'timedOut');
    await clock.sleep(1);
    expect(await schedule()).toMatchObject({ rollouts: { 'service-0000-000001': 'rollbackRestarted' } });
    expect(executions.started).toEqual(['service-0000-2-1', 'service-0000-2-2']);
    expect((await rollouts.list(nameOf(0))).at(-1)).toMatchObject({ phase: 'rollingBack', fence: 2, rollbackAttempt: 2 });
  });

  it('O3: leaves to people a rollback that failed', async () => {
    const { schedule, executions, rollouts } = await sweepOver(1);
    const [lock] = await rollouts.active();
    const held = await rollouts.raiseFence(nameOf(0), lock?.rolloutId ?? '', {});
    if (held !== undefined) await rollouts.end(held, { phase: 'failed' });
    expect(await schedule()).toMatchObject({ rollouts: { 'service-0000-000001': 'needsPerson' } });
    expect(executions.started).toEqual([]);
  });
});

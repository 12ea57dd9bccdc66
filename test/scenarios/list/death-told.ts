import type { Scenario } from '../scenario.ts';

/** The pattern of the events of executions that died, for faults of the bus. Best effort, by AWS's word. */
export const deathEvent = { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } };

/** From the stop to the traffic: the event's way, and a door's work. */
const longestSeconds = 1;

export const deathIsTold: Scenario = {
  name: 'stop-is-told-at-once',
  title:
    "The execution is stopped in the console in the middle of a bake: its event has everybody back on stable at once, before any sweep's minute",
  promises: ['O3', 'T3', 'T4'],
  inProcessBecause: 'another tier has no such event, or takes longer than the second in question',
  requestsPerSecond: 10,
  spec: {
    checkout: (usual) => ({
      ...usual,
      steps: [
        { weight: 10, bake: '70s' },
        { weight: 100, bake: '70s' },
      ],
      analysis: { interval: '70s', alarms: ['checkout-errors'] },
    }),
  },
  story: async (stage) => {
    stage.push('v2');
    const execution = await stage.untilState('Bake');
    await stage.sleep(1);
    await stage.stop(execution);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: [10, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ executions, splits }) => {
    const stoppedAtMs = executions.find(({ status }) => status === 'stopped')?.endedAtMs ?? Number.NaN;
    const back = splits.find(({ atMs, canary }) => atMs >= stoppedAtMs && canary === 0);
    const seconds = ((back?.atMs ?? Number.NaN) - stoppedAtMs) / 1000;
    return seconds <= longestSeconds ? [] : [`the traffic returned ${seconds} s after the stop`];
  },
};

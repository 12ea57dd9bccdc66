import type { Scenario } from '../scenario.ts';

/** From the alarm's event on the bus to the last request that the canary was still given: in process, and where it takes its time. */
const longestMs = { exact: 1000, real: 5000 };

export const alarmDuringBake: Scenario = {
  name: 'alarm-during-bake',
  title: 'In the middle of a bake the canary begins to answer 5xx; the alarm, and nothing else, rolls it back within a second',
  promises: ['T2', 'T3', 'T4'],
  spec: {
    checkout: (usual) => ({
      ...usual,
      steps: [
        { weight: 10, bake: '10s' },
        { weight: 50, bake: '30s' },
        { weight: 100, bake: '10s' },
      ],
      analysis: { interval: '1s', alarms: ['checkout-errors'] },
    }),
  },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(3);
    stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.2 } });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
    badAnswers: [32, 48],
  },
  check: (_, { sandbox, answers, tier }) => {
    const states = sandbox.bus.puts.map(({ event }) => event.detail['state'] as { value?: string; timestamp?: string } | undefined);
    const alarm = states.find((state) => state?.value === 'ALARM');
    const last = answers.findLast(({ version }) => version === 'v2');
    if (alarm === undefined || last === undefined) return ['there was no alarm, or the canary was never asked'];
    const tookMs = last.atMs - Date.parse(alarm.timestamp ?? '');
    return tookMs < (tier.exact ? longestMs.exact : longestMs.real)
      ? []
      : [`the canary was given requests for ${tookMs} ms after the alarm`];
  },
};

import { cameToRestAtMs } from '../../scenarios/came-to-rest.ts';
import type { OwnScenario } from './own-scenario.ts';

/** Less than the sweep takes to come round. */
const longestMs = 8000;

export const alarmActionAlone: OwnScenario = {
  name: 'alarm-action-alone',
  title: "The alarm's event is lost, and the alarm itself calls the door by its Lambda action: rolled back before the sweep comes round",
  promises: ['O2', 'T2'],
  on: () => ({
    spec: {
      checkout: (usual) => ({
        ...usual,
        steps: [
          { weight: 50, bake: '60s' },
          { weight: 100, bake: '10s' },
        ],
        analysis: { interval: '1s', alarms: ['checkout-errors'] },
      }),
    },
    story: async (stage) => {
      stage.sandbox.bus.injectFault({ kind: 'drop', pattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } } });
      stage.push('v2');
      await stage.untilWeight(50);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.5 } });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [50, 0] }],
      badAnswers: [1, 200],
    },
    check: ({ splits }, { sandbox }) => {
      const states = sandbox.bus.puts.map(({ event }) => event.detail['state'] as { value?: string; timestamp?: string } | undefined);
      const firedAtMs = Date.parse(states.find((state) => state?.value === 'ALARM')?.timestamp ?? '');
      const tookMs = cameToRestAtMs(splits) - firedAtMs;
      return tookMs < longestMs ? [] : [`the traffic returned ${tookMs} ms after the alarm`];
    },
  }),
};

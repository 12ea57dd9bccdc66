import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';

/** The weight at which an alarm finds the rollout. */
export const bakedWeight = 50;
/** Enough that there is traffic to judge, and no more: the machine is to be calm. */
export const requestsPerSecond = 10;

/**
 * A first step that bakes until an alarm comes. It is judged every five seconds, so that what watches it leaves most moments free, and
 * nothing is drained, so that the next rollout may begin.
 */
export function bakingSpec(usual: RolloutSpecSource): RolloutSpecSource {
  return {
    ...usual,
    steps: [
      { weight: bakedWeight, bake: '10m' },
      { weight: 100, bake: '5s' },
    ],
    analysis: { ...usual.analysis, interval: '5s' },
    policies: { noData: { hold: '5m' }, sourceDown: { hold: '5m' } },
    deadlines: { ...usual.deadlines, drain: '0s', rollout: '1h' },
  };
}

/** As the detail of a CloudWatch Alarm State Change event, as far as Sluice reads it. */
export function alarmDetail(alarmName: string, value: 'ALARM' | 'OK', atMs: number) {
  return { alarmName, state: { value, reason: 'The bench says so.', timestamp: new Date(atMs).toISOString() } };
}

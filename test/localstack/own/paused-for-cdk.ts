import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';

/** A rollout that waits at weight 10 while cdk works. It takes both cores meanwhile, so nothing is to be measured then. */
export function pausedForCdk(usual: RolloutSpecSource): RolloutSpecSource {
  return {
    ...usual,
    steps: [
      { weight: 10, bake: '5s', pause: { for: '15m' } },
      { weight: 100, bake: '5s' },
    ],
    analysis: { interval: '1s', alarms: ['checkout-errors'] },
    deadlines: { ...usual.deadlines, rollout: '20m' },
  };
}

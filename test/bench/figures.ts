import { abortLatency } from './abort-latency.ts';
import { bundles } from './bundles.ts';
import type { Figure } from './figure.ts';
import { localStackLatency } from './localstack-latency.ts';
import { monthlyCost } from './monthly-cost.ts';
import { rolloutCost } from './rollout-cost.ts';
import { simulatedSpeed } from './simulated-speed.ts';
import { stepOverhead } from './step-overhead.ts';
import { verdictCpu } from './verdict-cpu.ts';

/** Every figure of the bench, in the order of design.md, section 8. */
export const figures: readonly Figure[] = [
  abortLatency,
  localStackLatency,
  stepOverhead,
  verdictCpu,
  bundles,
  rolloutCost,
  monthlyCost,
  simulatedSpeed,
];

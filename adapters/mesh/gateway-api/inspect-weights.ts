import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { withinPair } from '../../../core/traffic/pair-share.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { labelOf, nameOf, type PlacedRule } from './route-rules.ts';
import { pairShareOf } from './weigh.ts';

/** Above it the API server refuses a weight. */
const mostWeight = 1_000_000;

/** Whether integers say every weight of the plan beside the other backends of the rule, and if not, by what to multiply. */
export function inspectWeights(object: KubernetesObject, placed: PlacedRule, target: RouteTarget, weights: readonly number[]): Finding[] {
  const { total, isShared } = pairShareOf(placed.rule, target);
  if (!isShared) return [];
  const { totalWeight, stableService, canaryService } = target;
  const inexact = weights.filter((weight) => withinPair(splitAt(weight, totalWeight), totalWeight, total) === undefined);
  if (inexact.length === 0) return [];
  const factor = weights.reduce((product, weight) => leastMultiple(product, totalWeight / divisor(totalWeight, weight * total)), 1);
  const largest = Math.max(total, ...(placed.rule.backendRefs ?? []).map(({ weight = 1 }) => weight)) * factor;
  return [
    {
      severity: 'refusal',
      subject: nameOf(object),
      message: `In its rule ${labelOf(placed)}, ${stableService} and ${canaryService} share ${total} beside other backends: no integers give the canary ${inexact.join(', ')} of ${totalWeight} of that.`,
      remedy:
        largest <= mostWeight
          ? `Multiply all weights of that rule by ${factor}: they are proportions, so that no request goes elsewhere.`
          : 'Choose weights for the steps that are rounder, or a smaller totalWeight.',
    },
  ];
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function leastMultiple(a: number, b: number): number {
  return (a / divisor(a, b)) * b;
}

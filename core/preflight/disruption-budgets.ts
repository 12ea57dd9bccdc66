import * as z from 'zod/mini';
import type { Finding } from './finding.ts';
import { type Labels, labelSelector, selects } from './label-selector.ts';
import { metadata, subjectOf } from './policies/policy-metadata.ts';
import type { Sides } from './sides.ts';
import { yamlLines } from './yaml-lines.ts';

export const disruptionBudget = z.looseObject({ metadata, spec: z.looseObject({ selector: z.nullish(labelSelector) }) });
export type DisruptionBudget = z.infer<typeof disruptionBudget>;

/**
 * A budget that counts the pods of both sides together lets so many of stable's be evicted as the canary adds, and a canary that does not
 * become ready keeps stable's nodes from being drained.
 */
export function budgetFindings(budgets: readonly DisruptionBudget[], sides: Sides): Finding[] {
  return budgets
    .filter(({ spec: { selector } }) => selector !== undefined && selector !== null)
    .filter(({ spec: { selector } }) => selects(selector ?? {}, sides.stable) && selects(selector ?? {}, sides.canary))
    .map(({ metadata, spec }) => ({
      severity: 'warning' as const,
      subject: subjectOf('PodDisruptionBudget', metadata),
      message: "It counts the pods of both sides together, so while the canary runs it does not keep stable's number.",
      remedy: countStableAlone(spec.selector?.matchLabels ?? {}, sides),
    }));
}

function countStableAlone(selected: Labels, { sideLabel }: Sides): string {
  if (Object.keys(selected).length === 0) return 'Give each service a budget of its own: this one counts every pod that it comes upon.';
  const matchLabels = { ...selected, [sideLabel]: 'stable' };
  return `Let it count stable alone; the canary needs none.\n${yamlLines({ spec: { selector: { matchLabels } } })}`;
}

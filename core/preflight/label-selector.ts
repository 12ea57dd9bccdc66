import * as z from 'zod/mini';

export type Labels = Readonly<Record<string, string>>;

export const labels = z.record(z.string(), z.string());

/** As NetworkPolicies, PodDisruptionBudgets and Linkerd's Servers select pods. */
export const labelSelector = z.looseObject({
  matchLabels: z.nullish(labels),
  matchExpressions: z.nullish(z.array(z.looseObject({ key: z.string(), operator: z.string(), values: z.nullish(z.array(z.string())) }))),
});
export type LabelSelector = z.infer<typeof labelSelector>;

/**
 * Whether a selector finds pods with these labels. An empty one finds all; what a selector that is left out means differs from kind to kind,
 * and is the caller's to know. An operator that nobody has heard of finds none.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects({ matchLabels, matchExpressions }: LabelSelector, found: Labels): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => found[key] === value) &&
    (matchExpressions ?? []).every(({ key, operator, values }) => holds(operator, found[key], values ?? []))
  );
}

function holds(operator: string, value: string | undefined, values: readonly string[]): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' && value === undefined;
}

/**
 * How many pods the canary needs to carry its weight as stable would: stable's number times the weight, rounded up, at least one,
 * and all of them at full weight.
 *
 * @example replicasForStep({ stableReplicas: 10, weight: 5, totalWeight: 100 }) // 1: half a pod is rounded up
 * @example replicasForStep({ stableReplicas: 10, weight: 25, totalWeight: 100 }) // 3: two and a half
 * @example replicasForStep({ stableReplicas: 3, weight: 1, totalWeight: 1000 }) // 1
 * @example replicasForStep({ stableReplicas: 7, weight: 100, totalWeight: 100 }) // 7
 * @example replicasForStep({ stableReplicas: 4, weight: 0, totalWeight: 100 }) // 1: there before the first weight
 */
export function replicasForStep(step: { readonly stableReplicas: number; readonly weight: number; readonly totalWeight: number }): number {
  return Math.max(1, Math.ceil((step.stableReplicas * step.weight) / step.totalWeight));
}

import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { RouteRef } from '../../../core/spec/router-spec.ts';

export const consulApiVersion = 'consul.hashicorp.com/v1alpha1';

/**
 * The part of a ServiceSplitter that Sluice reads. Everything else stays as it is, unknown fields too. Weights are per cent with two decimals at
 * most, and add up to exactly 100; consul-k8s leaves a weight of 0 out where it writes the object itself.
 * https://developer.hashicorp.com/consul/docs/agent/config-entries/service-splitter
 */
const serviceSplit = z.looseObject({
  weight: z.optional(z.number().check(z.nonnegative())),
  service: z.optional(z.string()),
  serviceSubset: z.optional(z.string()),
  namespace: z.optional(z.string()),
  partition: z.optional(z.string()),
});
export type ServiceSplit = z.infer<typeof serviceSplit>;

export const serviceSplits = z.array(serviceSplit);
const splitterSpec = z.looseObject({ splits: z.optional(serviceSplits) });

/** The splits of one splitter, and which of them are a rollout's. */
export interface Pair {
  readonly splits: readonly ServiceSplit[];
  readonly stable: ServiceSplit;
  readonly canary: ServiceSplit | undefined;
  /** What the splits of others have, in hundredths of one per cent of the requests: weights have two decimals. */
  readonly foreignHundredths: number;
}

/** The names of the two subsets. @throws RouteRejectedError where the target has none. */
export function subsetsOf(target: RouteTarget): { readonly stable: string; readonly canary: string } {
  if (target.subsets !== undefined) return target.subsets;
  throw new RouteRejectedError('Traffic of Consul is split between two subsets of one service, and the rollout names none.', {
    remedy: 'Apply the spec again, so that the rollout knows router.subsets.',
  });
}

/** All splits, whether they can be steered or not; none where the shape is not known. */
export function splitsOf(splitter: KubernetesObject): readonly ServiceSplit[] {
  const parsed = splitterSpec.safeParse(splitter['spec']);
  return parsed.success ? (parsed.data.splits ?? []) : [];
}

/**
 * The splits of stable and canary in a splitter.
 *
 * @throws RouteRejectedError where stable has none or several, the canary several, or the shape is not known.
 */
export function findPair(splitter: KubernetesObject, target: RouteTarget): Pair {
  const name = nameOf(splitter, target);
  const subsets = subsetsOf(target);
  if (!splitterSpec.safeParse(splitter['spec']).success) {
    throw new RouteRejectedError(`${name} has a shape that Sluice does not know.`, {
      remedy: 'Its spec.splits is a list, each entry with a weight of 0 or more.',
    });
  }
  const splits = splitsOf(splitter);
  const [stable, ...moreStable] = splits.filter((split) => isSubset(split, splitter, subsets.stable));
  const [canary, ...moreCanary] = splits.filter((split) => isSubset(split, splitter, subsets.canary));
  if (stable === undefined || moreStable.length + moreCanary.length > 0) {
    const found = splits.map(describeSplit).join(', ') || 'nothing';
    throw new RouteRejectedError(
      `${name} splits between ${found}; expected the subset ${subsets.stable} of ${splitter.metadata.name} once, and ${subsets.canary} at most once.`,
      { remedy: `Give it one split with serviceSubset: ${subsets.stable}, or correct router.subsets in the spec.` },
    );
  }
  const foreign = splits.filter((split) => split !== stable && split !== canary);
  return { splits, stable, canary, foreignHundredths: foreign.reduce((sum, { weight = 0 }) => sum + hundredths(weight), 0) };
}

/** Whether a split leads to that subset of the splitter's own service, in its own namespace. */
export function isSubset(split: ServiceSplit, splitter: KubernetesObject, subset: string): boolean {
  const { service = '', serviceSubset, namespace = '', partition = '' } = split;
  return serviceSubset === subset && (service === '' || service === splitter.metadata.name) && namespace === '' && partition === '';
}

/** @example hundredths(33.33) // 3333, though 33.33 * 100 is not */
export function hundredths(weight: number): number {
  return Math.round(weight * 100);
}

export function nameOf(splitter: KubernetesObject, target: Pick<RouteTarget, 'namespace'>): string {
  return `ServiceSplitter ${target.namespace}/${splitter.metadata.name}`;
}

/** The schema gives each kind of router its own kind of route; one of another kind is a bug of the caller. */
export function splitterName(route: RouteRef): string {
  if ('serviceSplitter' in route) return route.serviceSplitter;
  throw new TypeError(`no route of Consul: ${JSON.stringify(route)}`);
}

function describeSplit({ service, serviceSubset, namespace, weight = 0 }: ServiceSplit): string {
  const of = [namespace, service].filter((part) => part !== undefined && part !== '').join('/');
  const subset = serviceSubset === undefined || serviceSubset === '' ? 'no subset' : `subset ${serviceSubset}`;
  return `${subset}${of === '' ? '' : ` of ${of}`} (${weight})`;
}

import * as z from 'zod/mini';
import type { Finding } from './finding.ts';
import { metadata, subjectOf } from './policies/policy-metadata.ts';
import { formatQuantity, parseQuantity } from './quantity.ts';
import type { Container, PodSpec } from './stable-objects.ts';

const quantities = z.nullish(z.record(z.string(), z.union([z.string(), z.number()])));

export const resourceQuota = z.looseObject({
  metadata,
  spec: z.nullish(z.looseObject({ scopes: z.nullish(z.array(z.string())), scopeSelector: z.nullish(z.looseObject({})) })),
  status: z.nullish(z.looseObject({ hard: quantities, used: quantities })),
});
export type ResourceQuota = z.infer<typeof resourceQuota>;

const measured = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'] as const;

/** `cpu` and `memory` of a quota are its requests. https://kubernetes.io/docs/concepts/policy/resource-quotas/#compute-resource-quota */
const alike: Readonly<Record<string, string>> = {
  cpu: 'requests.cpu',
  memory: 'requests.memory',
  'count/pods': 'pods',
  'count/services': 'services',
};

/** Pods of a Deployment have no deadline, so this scope leaves none of them out. Those that may are not judged. */
const includesAll = new Set(['NotTerminating']);

/**
 * Whether what is left of the namespace's quotas holds the canary at its largest: as many pods as stable has. What a container does not ask for
 * counts as nothing, as do sidecars that are injected, so that what is found missing is missing.
 *
 * @example 4 replicas of 500m, requests.cpu 6 of 7 used: 2 are needed, 1 is left, which is a refusal
 */
export function quotaFindings(
  quotas: readonly ResourceQuota[],
  canary: { readonly pods: PodSpec; readonly replicas: number; readonly exists: boolean },
): Finding[] {
  const needed = neededBy(canary.pods, canary.replicas);
  return quotas
    .filter(({ spec }) => !spec?.scopeSelector && (spec?.scopes ?? []).every((scope) => includesAll.has(scope)))
    .flatMap(({ metadata, status }) => {
      const short = Object.entries(status?.hard ?? {}).flatMap(([resource, hard]) => {
        const need = needed[alike[resource] ?? resource] ?? 0;
        const left = (parseQuantity(hard) ?? Number.POSITIVE_INFINITY) - (parseQuantity(status?.used?.[resource] ?? 0) ?? 0);
        const text = (value: number) => formatQuantity(resource, value);
        // Thousandths of cores are no exact fractions: a hair too much is not too much.
        return need > left * (1 + 1e-9) + 1e-9 ? [`${text(need)} of ${resource}, of which ${text(Math.max(0, left))} is left`] : [];
      });
      if (short.length === 0) return [];
      const sides = canary.replicas === 1 ? '1 pod' : `${canary.replicas} pods`;
      return [
        {
          // What a canary that is there already uses is counted as used.
          severity: canary.exists ? ('warning' as const) : ('refusal' as const),
          subject: subjectOf('ResourceQuota', metadata),
          message: `The canary at full weight, ${sides}, needs ${short.join('; ')}.`,
          remedy: 'Raise the quota to what both sides need at once, or scale stable down first.',
        },
      ];
    });
}

function neededBy(pods: PodSpec, replicas: number): Record<string, number> {
  const objects = { pods: replicas, services: 1, 'count/deployments.apps': 1, 'count/replicasets.apps': 1 };
  const perPod = measured.map((resource) => [resource, ofPod(pods, resource) * replicas]);
  return { ...objects, ...Object.fromEntries(perPod) };
}

/**
 * The sum of what runs together, or the largest of those that run before, if that is more.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
function ofPod({ containers, initContainers, overhead }: PodSpec, resource: (typeof measured)[number]): number {
  const [, name = ''] = resource.split('.');
  const sum = (group: readonly Container[]) => group.reduce((total, each) => total + ofContainer(each, resource), 0);
  const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always';
  const before = initContainers ?? [];
  const together = sum([...containers, ...before.filter(isSidecar)]);
  const largest = Math.max(0, ...before.filter((each) => !isSidecar(each)).map((each) => ofContainer(each, resource)));
  return Math.max(together, largest) + (parseQuantity(overhead?.[name] ?? 0) ?? 0);
}

/** A request that is left out is as high as the limit. */
function ofContainer({ resources }: Container, resource: (typeof measured)[number]): number {
  const [kind = '', name = ''] = resource.split('.');
  const limit = resources?.limits?.[name];
  const value = kind === 'limits' ? limit : (resources?.requests?.[name] ?? limit);
  return parseQuantity(value ?? 0) ?? 0;
}

import * as z from 'zod/mini';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { splitterResolver } from './resolver-example.ts';
import { subsetsOf } from './splitter.ts';
import { hasBareHyphen, readFilter } from './subset-filter.ts';
import { notSynced } from './synced.ts';

const resolverSpec = z.looseObject({
  defaultSubset: z.optional(z.string()),
  subsets: z.optional(z.record(z.string(), z.looseObject({ filter: z.optional(z.string()) }))),
  redirect: z.optional(z.looseObject({})),
  failover: z.optional(z.record(z.string(), z.unknown())),
});

/**
 * The meta key by which consul-k8s tells which Kubernetes Service registered a pod: the one thing that differs between stable's pods and the
 * canary's, whose annotations are the same. consul-k8s, control-plane/connect-inject/controllers/endpoints/endpoints_controller.go
 */
const serviceKey = 'k8s-service-name';

/** What of the ServiceResolver that defines the subsets speaks against a rollout, or is to be known. */
export function inspectResolver(resolver: KubernetesObject | undefined, name: string, target: RouteTarget): Finding[] {
  const subject = `ServiceResolver ${target.namespace}/${name}`;
  const remedy = splitterResolver(name, target);
  const refuse = (message: string): Finding => ({ severity: 'refusal', subject, message, remedy });
  if (resolver === undefined) return [refuse('There is none, and so nothing defines the subsets between which the splitter splits.')];
  const parsed = resolverSpec.safeParse(resolver['spec'] ?? {});
  if (!parsed.success) return [refuse('It has a shape that Sluice does not know.')];
  const why = notSynced(resolver);
  const { stable, canary } = subsetsOf(target);
  const { defaultSubset = '', subsets = {}, redirect, failover = {} } = parsed.data;
  if (redirect !== undefined) return [refuse('It redirects to another service, and so its subsets count for nothing.')];
  const unknown = [stable, canary].filter((subset) => subsets[subset] === undefined);
  const covering = [canary, '*'].find((subset) => Object.hasOwn(failover, subset));
  return [
    ...(why === undefined ? [] : [refuse(`Consul does not go by it: ${why}.`)]),
    ...(unknown.length > 0
      ? [refuse(`It does not define the subset ${unknown.join(' and ')}.`)]
      : inspectFilters(subsets[stable]?.filter ?? '', subsets[canary]?.filter ?? '', target, { subject, remedy })),
    ...(defaultSubset === stable ? [] : [defaultFinding(subject, defaultSubset, stable)]),
    ...(covering === undefined ? [] : [failoverFinding(subject, covering)]),
  ];
}

function inspectFilters(stable: string, canary: string, target: RouteTarget, common: Pick<Finding, 'subject' | 'remedy'>): Finding[] {
  const finding = (severity: Finding['severity'], message: string): Finding => ({ severity, ...common, message });
  if (stable.trim() === '' || canary.trim() === '')
    return [finding('refusal', 'A subset without a filter has all pods, those of the other side too.')];
  if (stable.trim() === canary.trim()) return [finding('refusal', `Both subsets have the filter ${canary}, and so the same pods.`)];
  if (hasBareHyphen(stable) || hasBareHyphen(canary)) {
    return [
      finding('refusal', 'A filter names a key with a hyphen behind a dot, which Consul does not understand: it stands in brackets.'),
    ];
  }
  const sides = [
    { name: 'stable', filter: stable, service: target.stableService },
    { name: 'canary', filter: canary, service: target.canaryService },
  ];
  if (sides.some(({ filter }) => !filter.includes('Service.Meta'))) {
    return [
      finding(
        'refusal',
        "A subset is not told by Service.Meta. The canary's pods are a copy of stable's: tags, ports and names of the service are the same.",
      ),
    ];
  }
  return sides.flatMap(({ name, filter, service }): Finding[] => {
    const read = readFilter(filter);
    if (read?.key !== serviceKey) {
      return [
        finding(
          'warning',
          `Sluice cannot tell whether the filter of ${name} (${filter}) has its pods alone: only ${serviceKey} differs by itself.`,
        ),
      ];
    }
    return read.value === service
      ? []
      : [finding('refusal', `The filter of ${name} asks for the pods of ${read.value}, and they are those of ${service}.`)];
  });
}

function defaultFinding(subject: string, defaultSubset: string, stable: string): Finding {
  const found = defaultSubset === '' ? 'It has no defaultSubset' : `Its defaultSubset is ${defaultSubset}`;
  const message = `${found}: what goes past the splitter reaches ${defaultSubset === '' ? 'all pods, those of the canary too' : 'that subset'}.`;
  return { severity: 'warning', subject, message, remedy: `Set defaultSubset: ${stable}.` };
}

function failoverFinding(subject: string, subset: string): Finding {
  const message = `Its failover for ${subset} sends requests elsewhere where the canary has no healthy pod, which hides that from what judges it.`;
  return { severity: 'warning', subject, message, remedy: 'Define failover for the subset of stable alone.' };
}

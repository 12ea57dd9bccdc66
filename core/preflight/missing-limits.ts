import type { SaturatedResource, SaturationSpec } from '../spec/saturation-spec.ts';
import type { Finding } from './finding.ts';
import { parseQuantity } from './quantity.ts';
import type { Container, StableDeployment } from './stable-objects.ts';

const words: Readonly<Record<SaturatedResource, string>> = { cpu: 'CPU', memory: 'memory' };

/**
 * Saturation is measured against limits: a container without one has no series of it. Only a warning, since a LimitRange or a webhook may give
 * Pods limits that their Deployment does not have. Containers that are injected, as a mesh's proxy is, are not seen here: they may be all that
 * is judged then.
 */
export function limitFindings(
  { spec }: StableDeployment,
  metrics: readonly SaturationSpec[],
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Finding[] {
  const { containers, initContainers } = spec.template.spec;
  const running = [...containers, ...(initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')];
  return metrics.flatMap((metric): Finding[] => {
    const unlimited = running.filter((container) => !hasLimit(container, metric.saturation)).map((container) => container.name);
    if (unlimited.length === 0) return [];
    const resource = words[metric.saturation];
    const message =
      unlimited.length === running.length
        ? `None of its containers has a ${resource} limit: unless a LimitRange gives one, ${metric.name} has no data, and a rollout is held.`
        : `${metric.name} sees nothing of what has no ${resource} limit: ${unlimited.join(', ')}.`;
    const command = `kubectl -n ${namespace} set resources deployment ${name} -c ${unlimited.join(',')} --limits=${metric.saturation}=…`;
    const remedy = `Give them limits, in its manifest too: ${command}`;
    return [{ severity: 'warning', subject: `Deployment ${namespace}/${name}`, message, remedy }];
  });
}

/** A limit of 0 is none. */
function hasLimit({ resources }: Container, resource: SaturatedResource): boolean {
  return (parseQuantity(resources?.limits?.[resource] ?? 0) ?? 0) > 0;
}

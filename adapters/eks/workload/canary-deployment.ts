import type { KubernetesObject } from '../../../core/ports.ts';
import { copyAnnotations, copyLabels } from './copied-metadata.ts';
import { type Owner, sideLabel, type WorkloadNames } from './names.ts';
import { ownerAnnotations } from './ownership.ts';
import type { Deployment } from './schemas.ts';

export interface CanaryWanted {
  /** By digest, so that it always means the same bytes. */
  readonly image: string;
  readonly replicas: number;
}

/**
 * The canary's Deployment: stable's pod template with another image in one container and the other side in its labels. Each other
 * pod label stays, so that policies which select by the app cover both sides. It is never paused, and takes nothing of stable's
 * identity: no status, no owner, no last-applied.
 */
export function canaryDeployment(
  stable: Deployment,
  wanted: Pick<WorkloadNames, 'namespace' | 'container' | 'canaryDeployment'> & Owner & CanaryWanted,
): KubernetesObject {
  const { paused: _paused, ...spec } = stable.spec;
  const { template } = spec;
  const { matchExpressions = [], ...selector } = spec.selector;
  const expressions = matchExpressions.filter(({ key }) => key !== sideLabel);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: wanted.canaryDeployment,
      namespace: wanted.namespace,
      labels: { ...copyLabels(stable.metadata.labels), [sideLabel]: 'canary' },
      annotations: { ...copyAnnotations(stable.metadata.annotations), ...ownerAnnotations(wanted) },
    },
    spec: {
      ...spec,
      replicas: wanted.replicas,
      selector: {
        ...selector,
        matchLabels: { ...selector.matchLabels, [sideLabel]: 'canary' },
        ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
      },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [sideLabel]: 'canary' } },
        spec: {
          ...template.spec,
          containers: template.spec.containers.map((each) => (each.name === wanted.container ? { ...each, image: wanted.image } : each)),
        },
      },
    },
  };
}

import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { Stage } from './stage.ts';

/** What somebody else does with kubectl, Helm or GitOps in the middle of a rollout of checkout. */

const namespace = 'shop';
const virtualService = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace, name: 'shop' };
const deployment = { apiVersion: 'apps/v1', resource: 'deployments', namespace, name: 'checkout' };
const autoscaler = { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers', namespace, name: 'checkout' };

type Policy = 'restore' | 'halt' | 'abort';

/** The usual spec with a policy for outside edits. */
export function onOutsideEdit(outsideEdit: Policy): (usual: RolloutSpecSource) => RolloutSpecSource {
  return (usual) => ({ ...usual, policies: { ...usual.policies, outsideEdit } });
}

/** Writes both weights, and leaves the fence where it is. */
export function setWeights(stage: Stage, stable: number, canary: number): void {
  const route = [
    { destination: { host: 'checkout' }, weight: stable },
    { destination: { host: 'checkout-canary' }, weight: canary },
  ];
  stage.outside((kubernetes) => kubernetes.patch(virtualService, [{ op: 'replace', path: '/spec/http/0/route', value: route }]));
}

/** What `kubectl replace` does with the manifest that is in Git: no canary, no annotation of Sluice. */
export function replaceRouteFromGit(stage: Stage): void {
  stage.outside((kubernetes) =>
    kubernetes.patch(virtualService, [
      { op: 'replace', path: '/metadata/annotations', value: { team: 'shop' } },
      { op: 'replace', path: '/spec/http/0/route', value: [{ destination: { host: 'checkout' } }] },
    ]),
  );
}

export function setStableImage(stage: Stage, image: string): void {
  stage.outside((kubernetes) =>
    kubernetes.patch(deployment, [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]),
  );
}

export function scaleStable(stage: Stage, replicas: number): void {
  stage.outside((kubernetes) => kubernetes.patch(deployment, { spec: { replicas } }));
}

export function deleteCanary(stage: Stage): void {
  stage.outside((kubernetes) => kubernetes.delete({ ...deployment, name: 'checkout-canary' }));
}

export function setAutoscalerMinimum(stage: Stage, minReplicas: number): void {
  stage.outside((kubernetes) => kubernetes.patch(autoscaler, { spec: { minReplicas } }));
}

export function autoscalerMinimum(stage: Stage): unknown {
  const { minReplicas } = (stage.sandbox.kubernetes.get(autoscaler)?.['spec'] ?? {}) as { minReplicas?: number };
  return minReplicas;
}

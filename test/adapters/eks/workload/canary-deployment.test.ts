import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaryDeployment } from '../../../../adapters/eks/workload/canary-deployment.ts';
import { isTrackingLabel } from '../../../../adapters/eks/workload/copied-metadata.ts';
import { parseAs } from '../../../../adapters/eks/workload/parse-as.ts';
import { deployment } from '../../../../adapters/eks/workload/schemas.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { field, names, newImage, oldImage, owner, stableDeployment } from './manifests.ts';

const clone = (stable: KubernetesObject) =>
  canaryDeployment(parseAs(deployment, stable), { ...names, ...owner, image: newImage, replicas: 3 });

const trackingLabel = fc.constantFrom(
  'argocd.argoproj.io/instance',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/managed-by',
  'helm.sh/chart',
  'meta.helm.sh/release-name',
  'helm.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/name',
  'kapp.k14s.io/app',
  'applyset.kubernetes.io/part-of',
  'objectset.rio.cattle.io/hash',
);
const word = fc.stringMatching(/^[a-z]([-a-z0-9]{0,10}[a-z0-9])?$/);
const ownLabel = fc.oneof(
  word,
  word.map((name) => `example.com/${name}`),
  fc.constantFrom('app.kubernetes.io/name', 'app.kubernetes.io/version', 'team'),
);
const labels = fc.dictionary(fc.oneof(ownLabel, trackingLabel), word, { noNullPrototype: true });

const anyStable = fc
  .record({ labels, annotations: labels, podLabels: labels, extra: fc.dictionary(word, fc.jsonValue(), { noNullPrototype: true }) })
  .map(({ labels, annotations, podLabels, extra }) =>
    stableDeployment({
      metadata: { labels, annotations, uid: 'u-1', resourceVersion: '9', ownerReferences: [{ kind: 'App' }] },
      labels: { ...podLabels, app: 'checkout', 'sluice.dev/side': 'stable' },
      pod: { ...extra, containers: [{ ...extra, name: 'app', image: oldImage }] },
    }),
  );

describe("the canary's Deployment", () => {
  it('is stable with another image in one container, and on the other side', () => {
    const canary = clone(stableDeployment({ pod: { nodeSelector: { zone: 'a' }, initContainers: [{ name: 'app', image: oldImage }] } }));
    expect(canary).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'checkout-canary',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/side': 'canary' },
        annotations: { 'sluice.dev/rollout': 'checkout', 'sluice.dev/rollout-id': 'checkout-7', 'sluice.dev/fence': '7' },
      },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'checkout', 'sluice.dev/side': 'canary' } },
        template: {
          metadata: { labels: { app: 'checkout', 'sluice.dev/side': 'canary' } },
          spec: {
            nodeSelector: { zone: 'a' },
            initContainers: [{ name: 'app', image: oldImage }],
            containers: [
              { name: 'sidecar', image: 'envoy:1' },
              { name: 'app', image: newImage },
            ],
          },
        },
      },
    });
  });

  it("drops stable's expression about the side, and keeps the others", () => {
    const tier = { key: 'tier', operator: 'Exists' };
    const matchExpressions = [{ key: 'sluice.dev/side', operator: 'In', values: ['stable'] }, tier];
    expect(field(clone(stableDeployment({ spec: { selector: { matchExpressions } } })), 'spec', 'selector')).toEqual({
      matchLabels: { 'sluice.dev/side': 'canary' },
      matchExpressions: [tier],
    });
  });

  it('is not paused where stable is', () => {
    expect(field(clone(stableDeployment({ spec: { paused: true } })), 'spec')).not.toHaveProperty('paused');
  });

  it("keeps the pods' annotations, which meshes and scrapers read", () => {
    const template = {
      metadata: { labels: { 'sluice.dev/side': 'stable' }, annotations: { 'sidecar.istio.io/inject': 'true' } },
      spec: { containers: [{ name: 'app' }] },
    };
    expect(field(clone(stableDeployment({ spec: { template } })), 'spec', 'template', 'metadata', 'annotations')).toEqual({
      'sidecar.istio.io/inject': 'true',
    });
  });

  it('never changes its input', () => {
    fc.assert(
      fc.property(anyStable, (stable) => {
        const before = structuredClone(stable);
        clone(stable);
        expect(stable).toEqual(before);
      }),
    );
  });

  it('keeps every pod label but the side', () => {
    fc.assert(
      fc.property(anyStable, (stable) => {
        const podLabels = ['spec', 'template', 'metadata', 'labels'];
        const expected = { ...(field(stable, ...podLabels) as object), 'sluice.dev/side': 'canary' };
        expect(field(clone(stable), ...podLabels)).toEqual(expected);
      }),
    );
  });

  it('keeps whatever else stands in the pod template', () => {
    fc.assert(
      fc.property(anyStable, (stable) => {
        const container = ['spec', 'template', 'spec', 'containers', 0];
        expect(field(clone(stable), ...container)).toEqual({ ...(field(stable, ...container) as object), image: newImage });
        const pod = ['spec', 'template', 'spec'];
        const rest = { containers: [] };
        expect({ ...(field(clone(stable), ...pod) as object), ...rest }).toEqual({ ...(field(stable, ...pod) as object), ...rest });
      }),
    );
  });

  it('carries no metadata by which Argo CD, Flux, Helm or the cluster would take it for stable', () => {
    fc.assert(
      fc.property(anyStable, (stable) => {
        const { labels = {}, annotations = {}, ...rest } = clone(stable).metadata;
        expect(rest).toEqual({ name: 'checkout-canary', namespace: 'shop' });
        expect(Object.keys(annotations).toSorted()).toEqual(['sluice.dev/fence', 'sluice.dev/rollout', 'sluice.dev/rollout-id']);
        expect(Object.keys(labels).filter(isTrackingLabel)).toEqual(['app.kubernetes.io/managed-by']);
        expect(labels['app.kubernetes.io/managed-by']).toBe('sluice');
        for (const [name, value] of Object.entries(stable.metadata.labels ?? {})) {
          if (!isTrackingLabel(name)) expect(labels[name]).toBe(value);
        }
      }),
    );
  });
});

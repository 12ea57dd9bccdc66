import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gitOwnerOf, ownedDeploymentFindings, ownedRouteFindings } from '../../../core/preflight/git-owner.ts';

const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop-app:networking.istio.io/VirtualService:shop/shop' } };
const flux = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } };
const fluxHelm = { labels: { 'helm.toolkit.fluxcd.io/name': 'shop', 'app.kubernetes.io/managed-by': 'Helm' } };
const helm = { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { 'meta.helm.sh/release-name': 'shop' } };

describe('who writes an object from Git', () => {
  it.each([
    ['an annotation of Argo CD', argo, { tool: 'Argo CD', name: 'shop-app' }],
    ['a label of Argo CD', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, { tool: 'Argo CD', name: 'shop' }],
    ['Argo CD, of what it rendered by Helm', { ...helm, annotations: argo.annotations }, { tool: 'Argo CD', name: 'shop-app' }],
    ['a label of a Kustomization', flux, { tool: 'Flux Kustomization', name: 'shop' }],
    ['a label of a HelmRelease', fluxHelm, { tool: 'Flux HelmRelease', name: 'shop' }],
    ['an annotation of Helm', helm, { tool: 'Helm', name: 'shop' }],
    ['the label of Helm alone', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, { tool: 'Helm', name: '' }],
    ['a label that charts set as well', { labels: { 'app.kubernetes.io/instance': 'shop' } }, undefined],
    ['nothing', { labels: null }, undefined],
  ])('is told by %s', (_what, marks, owner) => {
    expect(gitOwnerOf(marks)).toEqual(owner);
  });
});

describe('a route that is owned', () => {
  const route = (marks: object, kind = 'VirtualService', spec: object = { http: [] }) => ({
    apiVersion: kind === 'VirtualService' ? 'networking.istio.io/v1' : 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name: 'shop', ...marks },
    spec,
  });
  const manifestIn = (remedy = '') => parse(remedy.slice(remedy.indexOf('\n') + 1)) as unknown;

  it('by Argo CD is warned about, with what its Application is to leave alone', () => {
    const [found] = ownedRouteFindings([route(argo)], 'shop');
    expect(found).toMatchObject({
      severity: 'warning',
      subject: 'VirtualService shop/shop',
      message: 'Argo CD shop-app writes it, and would undo the weights of a rollout when it next does.',
    });
    expect(manifestIn(found?.remedy)).toEqual({
      spec: {
        ignoreDifferences: [{ group: 'networking.istio.io', kind: 'VirtualService', name: 'shop', jsonPointers: ['/spec/http'] }],
        syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
      },
    });
  });

  it('by a HelmRelease is to be left out of its correction of drift', () => {
    const [found] = ownedRouteFindings([route(fluxHelm, 'HTTPRoute', { rules: [] })], 'shop');
    expect(manifestIn(found?.remedy)).toEqual({
      spec: { driftDetection: { ignore: [{ paths: ['/spec/rules'], target: { kind: 'HTTPRoute', name: 'shop' } }] } },
    });
  });

  it('by a Kustomization is to be made once and left alone', () => {
    const [found] = ownedRouteFindings([route(flux)], 'shop');
    expect(manifestIn(found?.remedy)).toEqual({ metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } } });
  });

  it('by Helm is not to be upgraded meanwhile', () => {
    expect(ownedRouteFindings([route(helm)], 'shop')[0]?.remedy).toContain('Do not upgrade the release while a rollout runs');
  });

  it('names every list of rules that the object has', () => {
    const [found] = ownedRouteFindings([route(argo, 'VirtualService', { http: [], tcp: [] })], 'shop');
    expect(found?.remedy).toContain('- /spec/http\n        - /spec/tcp');
  });

  it('by nobody is not spoken of', () => {
    expect(ownedRouteFindings([route({})], 'shop')).toEqual([]);
  });
});

describe('a Deployment that is owned', () => {
  it('would lose the image that a promotion patches', () => {
    expect(ownedDeploymentFindings(flux, 'shop/checkout', 'patch')).toMatchObject([
      { severity: 'warning', subject: 'Deployment shop/checkout', remedy: expect.stringContaining('promotion to git') },
    ]);
  });

  it.each([
    ['Git brings the image', flux, 'git' as const],
    ['nobody owns it', {}, 'patch' as const],
  ])('is fine where %s', (_what, marks, promotion) => {
    expect(ownedDeploymentFindings(marks, 'shop/checkout', promotion)).toEqual([]);
  });
});

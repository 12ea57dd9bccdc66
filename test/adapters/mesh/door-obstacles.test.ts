import { describe, expect, it } from 'vitest';
import { beforeAnnotation, fenceAnnotation, fenceOf } from '../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesApi, ResourceRef, RouteTarget } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import type { FakeKubernetes } from '../../fakes/kubernetes-api.ts';
import { comparingBytes, overtaken } from '../../fakes/unreliable-kubernetes.ts';
import * as consul from './consul/splitters.ts';
import * as gateway from './gateway-api/gateway-routes.ts';
import * as istio from './istio/virtual-services.ts';

const everything: TrafficShape = {
  match: [{ header: { name: 'x-team', exact: 'yes' } }],
  affinity: { cookie: 'side', maxAgeSeconds: 60 },
  resilience: { timeoutSeconds: 3 },
};
const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;

interface Mesh {
  readonly kind: 'istio' | 'gatewayApi' | 'consul';
  readonly target: RouteTarget;
  readonly ref: ResourceRef;
  /** Where the destinations of the steered rule are, in an object that holds nothing else. */
  readonly path: string;
  readonly api: () => Promise<FakeKubernetes>;
  readonly shape: TrafficShape;
  readonly to: (side: 'stable' | 'canary', weight: number) => unknown;
}

const meshes: readonly Mesh[] = [
  {
    kind: 'istio',
    target: istio.target,
    ref: istio.refTo('checkout'),
    path: '/spec/http/0/route',
    api: () => istio.clusterWith(istio.virtualService('checkout', [{ name: 'main', route: [istio.to('checkout', 100)] }])),
    shape: everything,
    to: (side, weight) => istio.to(side === 'stable' ? 'checkout' : 'checkout-canary', weight),
  },
  {
    kind: 'gatewayApi',
    target: { ...gateway.target, routes: [{ httpRoute: 'checkout', path: '/' }] },
    ref: gateway.refTo('checkout'),
    path: '/spec/rules/0/backendRefs',
    api: () =>
      gateway.clusterWith(gateway.route('checkout', [{ matches: [gateway.prefix('/')], backendRefs: [gateway.to('checkout', 100)] }])),
    shape: everything,
    to: (side, weight) => gateway.to(side === 'stable' ? 'checkout' : 'checkout-canary', weight),
  },
  {
    kind: 'consul',
    target: consul.target,
    ref: consul.refTo('checkout'),
    path: '/spec/splits',
    api: () => consul.clusterWith(consul.splitter('checkout', [consul.to('stable', 100)])),
    shape: {},
    to: consul.to,
  },
];

async function halfWay(mesh: Mesh) {
  const api = await mesh.api();
  const before = await specOf(api, mesh);
  const router = createRouter(mesh.kind, api);
  await router.write(mesh.target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  await router.write(mesh.target, { split: splitAt(50, 100), fence: 1, role: 'owner', shape: mesh.shape });
  return { api, router, before };
}

const specOf = async (api: KubernetesApi, { ref }: Mesh) => (await api.read(ref))?.['spec'];
const annotate = (api: KubernetesApi, { ref }: Mesh, annotations: Record<string, string | null>) =>
  api.write({ mergePatch: ref, patch: { metadata: { annotations } } });

/** A controller that has more to say of the object each time. */
function withStatusWriter(api: FakeKubernetes, { ref }: Mesh) {
  let said = 0;
  const say = () => {
    said += 1;
    return api.write({ mergePatch: ref, patch: { status: { observed: said } } });
  };
  return overtaken(api, say, { times: Number.POSITIVE_INFINITY });
}

describe.each(meshes)('T2, T4: a door in $kind', (mesh) => {
  it('is not kept from its write by a controller that writes the status over and over', async () => {
    const { api, before } = await halfWay(mesh);
    const racing = withStatusWriter(api, mesh);
    const router = createRouter(mesh.kind, racing);
    await router.write(mesh.target, door);
    await router.removeCanary(mesh.target, 2);
    expect(racing.results).toEqual(['written', 'written']);
    expect(await specOf(api, mesh)).toEqual(before);
  });

  it.each(['seven', '<none>', 'a&b'])('goes beyond a fence that somebody replaced by %s, as kube-apiserver compares text', async (text) => {
    const { api, router, before } = await halfWay(mesh);
    await annotate(api, mesh, { [fenceAnnotation('checkout')]: text });
    await createRouter(mesh.kind, comparingBytes(api)).write(mesh.target, door);
    await router.removeCanary(mesh.target, 2);
    const object = await api.read(mesh.ref);
    expect(object === undefined ? undefined : fenceOf(object, 'checkout')).toBe(2);
    expect(await specOf(api, mesh)).toEqual(before);
  });

  it.each([null, '', '{', '[]', 'null', '{"main":7,"splits":{}}', '{"/":{"before":[],"inserted":"x"}}'])(
    'takes all traffic back, and what was inserted away, where the memory on the object is %s',
    async (text) => {
      const { api, router } = await halfWay(mesh);
      await annotate(api, mesh, { [beforeAnnotation('checkout')]: text });
      await router.write(mesh.target, door);
      expect(await router.read(mesh.target)).toMatchObject([{ split: splitAt(0, 100), fence: 2 }]);
      expect(JSON.stringify(await specOf(api, mesh))).not.toContain('sluice');
      await router.removeCanary(mesh.target, 2);
      expect(JSON.stringify(await specOf(api, mesh))).not.toContain('canary"');
    },
  );

  it.each(['stable', 'canary'] as const)('moves everything to %s where somebody left only the other side in the rule', async (safe) => {
    const { api, router } = await halfWay(mesh);
    await router.write(mesh.target, { split: splitAt(50, 100), fence: 1, role: 'owner' });
    const left = safe === 'stable' ? 'canary' : 'stable';
    await api.write({ jsonPatch: mesh.ref, operations: [{ op: 'replace', path: mesh.path, value: [mesh.to(left, 100)] }] });
    const split = splitAt(safe === 'stable' ? 0 : 100, 100);
    await router.write(mesh.target, { ...door, split });
    expect(await router.read(mesh.target)).toMatchObject([{ split, fence: 2 }]);
  });

  it.each(['stable', 'canary'] as const)('moves everything to %s where both have the weight 0', async (safe) => {
    const { api, router } = await halfWay(mesh);
    await router.write(mesh.target, { split: splitAt(50, 100), fence: 1, role: 'owner' });
    const none = [mesh.to('stable', 0), mesh.to('canary', 0)];
    await api.write({ jsonPatch: mesh.ref, operations: [{ op: 'replace', path: mesh.path, value: none }] });
    const split = splitAt(safe === 'stable' ? 0 : 100, 100);
    await router.write(mesh.target, { ...door, split });
    expect(await router.read(mesh.target)).toMatchObject([{ split, fence: 2 }]);
  });
});

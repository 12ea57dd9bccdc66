import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { KubernetesApi, KubernetesObject, ResourceRef, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { refTo, resolver, type Split, splitter, synced, target, to } from '../adapters/mesh/consul/splitters.ts';
import { type RouterForContract, trafficRouterContract } from '../contract/traffic-router.ts';
import { attachCluster, isUnjudgedOrSays, servesOrSays } from './bench/attach.ts';
import type { FreshNamespace, MeshCluster } from './bench/types.ts';

/**
 * Consul's CRDs in the real API server, and no Consul: what is written is what Consul's controller would be given, and the tests write the status
 * that it would write. Its data plane is not run.
 */
const group = 'consul.hashicorp.com';
const what = "the contract of Consul's splitters";
const kinds = ['ServiceSplitter', 'ServiceResolver'].map((kind) => `${group}/v1alpha1/${kind}`);
const isPlayed = servesOrSays(what, kinds) && isUnjudgedOrSays(what, group);

const modifiers = { requestHeaders: { set: { 'x-from': 'mesh', 'x-odd': 'a<b&c' } }, responseHeaders: { remove: ['server'] } };
const filterFor = (service: string) => `Service.Meta["k8s-service-name"] == "${service}"`;

describe.runIf(isPlayed)("Consul's CRDs", () => {
  let cluster: MeshCluster;
  let namespace: FreshNamespace;
  let sets = 0;
  const routerOn = (api: KubernetesApi): TrafficRouter => createRouter('consul', api);

  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('consul');
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });

  /** Applies an object, and says of it what consul-k8s says once Consul has taken it. */
  const settle = async (object: KubernetesObject): Promise<ResourceRef> => {
    const { status, ...rest } = object;
    await namespace.apply([{ ...rest, metadata: { ...rest.metadata, namespace: namespace.name } }]);
    const ref = refTo(object.metadata.name, object.kind === 'ServiceSplitter' ? 'servicesplitters' : 'serviceresolvers', namespace.name);
    const path = `/apis/${ref.apiVersion}/namespaces/${ref.namespace}/${ref.resource}/${ref.name}/status`;
    const answer = await cluster.raw.ask('PATCH', path, { status }, 'application/merge-patch+json');
    if (answer.status !== 200) throw new Error(`the status of ${ref.name} was not written: ${answer.body}`);
    return ref;
  };

  const setUp = async (): Promise<RouterForContract> => {
    sets += 1;
    const [shared, internal] = [`checkout-${sets}`, `internal-${sets}`];
    const splits = [to('legacy', 20, { service: 'checkout-v1' }), to('v1', 30, modifiers), to('stable', 50, modifiers)];
    const objects = [await settle(splitter(shared, splits)), await settle(splitter(internal, [to('stable', 100)]))] as const;
    const mine: RouteTarget = { ...target, namespace: namespace.name };
    return {
      api: cluster.sluice,
      routerOn,
      target: { ...mine, routes: [{ serviceSplitter: shared }, { serviceSplitter: internal }] },
      other: { ...mine, rollout: 'cart', routes: [{ serviceSplitter: shared }], subsets: { host: shared, stable: 'v1', canary: 'v2' } },
      objects,
    };
  };
  trafficRouterContract('Consul, by its CRDs in a real API server,', setUp);

  const splitsOf = async (ref: ResourceRef) => (await cluster.admin.read(ref))?.['spec'];

  it.each<[string, readonly Split[], number, readonly Split[]]>([
    ['whole', [to('stable', 100)], 25, [to('stable', 75), to('canary', 25)]],
    ['of two decimals', [to('v1', 66.67), to('stable', 33.33)], 100, [to('v1', 66.67), to('stable', 0), to('canary', 33.33)]],
    ['of one decimal', [to('v1', 50), to('stable', 50)], 1, [to('v1', 50), to('stable', 49.5), to('canary', 0.5)]],
  ])('keep weights that are %s as they are written, and test them when they are written again', async (_, before, weight, splits) => {
    const name = `weights-${splits.length}-${weight}`;
    const ref = await settle(splitter(name, before));
    const mine = { ...target, namespace: namespace.name, routes: [{ serviceSplitter: name }] };
    const router = routerOn(cluster.sluice);
    await router.write(mine, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    await router.write(mine, { split: splitAt(weight, 100), fence: 1, role: 'owner' });
    expect(await splitsOf(ref)).toEqual({ splits });
    await router.write(mine, { split: splitAt(0, 100), fence: 2, role: 'door' });
    await router.removeCanary(mine, 2);
    expect(await splitsOf(ref)).toEqual({ splits: before });
  });

  it('let Sluice read all that it inspects, with the Role as it is shipped', async () => {
    const name = 'inspected';
    const mine = { ...target, namespace: namespace.name, routes: [{ serviceSplitter: name }] };
    const subsets = { stable: { filter: filterFor('checkout') }, canary: { filter: filterFor('checkout-canary') } };
    await settle(splitter(name, [to('stable', 100)]));
    await settle(resolver(name, { defaultSubset: 'stable', subsets }, synced));
    expect(await routerOn(cluster.sluice).inspect(mine, { weights: [5, 50, 100], shapes: [] })).toEqual([]);
  });
});

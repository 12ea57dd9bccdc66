import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { accepted, clusterWith, edge, inMesh, mainRule, type Rule, route, service, target } from './gateway-routes.ts';

const useWaypoint = { 'istio.io/use-waypoint': 'waypoint' };
const throughIngress = { ...useWaypoint, 'istio.io/ingress-use-waypoint': 'true' };
const nowhere = { 'istio.io/use-waypoint': 'none' };

async function inspect(parentRefs: readonly Rule[], services = [service('checkout', [80], nowhere)], forbidden?: string) {
  const api = await clusterWith(route('checkout', [mainRule], { parentRefs }), ...services);
  if (forbidden !== undefined) api.forbid(forbidden);
  return createRouter('gatewayApi', api).inspect(target, { weights: [5, 100], shapes: [] });
}

describe('a preflight of routes', () => {
  it.each<[string, readonly Rule[]]>([
    ['of a gateway', [edge]],
    ['of the mesh', [inMesh]],
    ['of the mesh, for all ports', [{ ...inMesh, port: undefined }]],
    ['of both', [edge, inMesh]],
  ])('%s says nothing where all is well', async (_what, parentRefs) => {
    expect(await inspect(parentRefs)).toEqual([]);
  });

  it('refuses a port that the Service does not have, in the backendRef and in the parent', async () => {
    const findings = await inspect([inMesh], [service('checkout', [8080], nowhere)]);
    expect(findings).toMatchObject([
      { severity: 'refusal', message: 'Its backendRef leads to port 80 of checkout, and that Service has no such port.' },
      { severity: 'refusal', message: 'Its parent Service shop/checkout, port 80 has no such port.' },
    ]);
  });

  it('refuses a parent that does not exist', async () => {
    const [finding] = await inspect([{ ...inMesh, name: 'shop' }]);
    expect(finding).toMatchObject({ severity: 'refusal', message: 'Its parent Service shop/shop, port 80 does not exist.' });
  });

  it('warns where the parent is another Service than stable, since callers of stable get round the split', async () => {
    const findings = await inspect([{ ...inMesh, name: 'shop' }], [service('checkout', [80], nowhere), service('shop')]);
    expect(findings).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('those that callers send to checkout itself all reach stable') },
    ]);
  });

  it('says what it could not read', async () => {
    expect(await inspect([inMesh], [], 'services')).toMatchObject([{ severity: 'unread', subject: 'Service shop/checkout' }]);
  });
});

describe("Istio's ambient mode", () => {
  it.each<[string, readonly Rule[], Record<string, string>, string]>([
    [
      'a route of the mesh is bypassed by what an ingress gateway lets in',
      [inMesh],
      useWaypoint,
      'bypass the waypoint waypoint, and so this split',
    ],
    [
      'a route of a gateway bypasses the waypoint',
      [edge],
      useWaypoint,
      'bypass the waypoint waypoint and its policies, and requests from inside the mesh, which pass it, are not split',
    ],
    [
      'a split at both is a split of a split where the gateway passes the waypoint',
      [edge, inMesh],
      throughIngress,
      'Requests from outside are split twice',
    ],
  ])('%s', async (_what, parentRefs, labels, text) => {
    const findings = await inspect(parentRefs, [service('checkout', [80], labels)]);
    expect(findings).toMatchObject([{ severity: 'warning', subject: 'Service shop/checkout', message: expect.stringContaining(text) }]);
  });

  it.each<[string, readonly Rule[], Record<string, string>]>([
    ['the gateway passes the waypoint, which splits', [inMesh], throughIngress],
    ['both split, and the gateway bypasses the waypoint', [edge, inMesh], useWaypoint],
    ['the Service has none', [edge], nowhere],
  ])('is no concern where %s', async (_what, parentRefs, labels) => {
    expect(await inspect(parentRefs, [service('checkout', [80], labels)])).toEqual([]);
  });

  it('may be asked for by the namespace, which Sluice does not read', async () => {
    expect(await inspect([edge], [service('checkout')])).toMatchObject([{ severity: 'unread', subject: 'Namespace shop' }]);
  });

  it('is asked about only where a controller of Istio serves the routes', async () => {
    const status = JSON.parse(JSON.stringify(accepted([edge])).replace('istio.io/', 'gateway.envoyproxy.io/')) as unknown;
    const api = await clusterWith(route('checkout', [mainRule], { status }), service('checkout'));
    expect(await createRouter('gatewayApi', api).inspect(target, { weights: [5], shapes: [] })).toEqual([]);
  });
});

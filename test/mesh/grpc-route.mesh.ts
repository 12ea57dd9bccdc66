import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { RouteTarget, TrafficRouter, WriteRole } from '../../core/ports.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { inMesh, type Rule, refTo, route, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { settledView } from '../adapters/mesh/gateway-api/settled-view.ts';
import { binomialInterval } from '../contract/binomial.ts';
import { attachBench, hasBenchOrSays } from './bench/attach.ts';
import { openGrpcStream } from './bench/streams.ts';
import { workloads } from './bench/two-versions.ts';
import type { Bench, FreshNamespace } from './bench/types.ts';
import { until } from './bench/until.ts';

const hasSidecar = hasBenchOrSays('calls of gRPC need the sidecar of the bench.');

const calls = 200;
const propagationMs = 400;

describe.runIf(hasSidecar)('a GRPCRoute of the bench, asked with calls through a sidecar', () => {
  let bench: Bench;
  let namespace: FreshNamespace;
  let router: TrafficRouter;
  let target: RouteTarget;

  const versionOf = async (headers: Readonly<Record<string, string>> = {}) => {
    const port = 9090;
    const stream = await openGrpcStream(`http://${new URL(bench.meshUrl).hostname}:${port}`, {
      host: `web.${namespace.name}:${port}`,
      headers,
    });
    stream.close();
    return stream.version;
  };
  const countCanary = async () => {
    let canary = 0;
    for (let call = 0; call < calls; call += 1) canary += (await versionOf()) === 'v2' ? 1 : 0;
    return canary;
  };
  /** istiod may judge a route later than the router looks. */
  const settled = () => settledView(bench.sluice, 1, () => systemClock.sleep(10));
  const write = async (canary: number, fence: number, role: WriteRole, shape?: TrafficShape) => {
    await router.write(target, { split: splitAt(canary, 100), fence, role, shape });
    await settled().read({ ...refTo('web', 'grpcroutes'), namespace: namespace.name });
    await systemClock.sleep(propagationMs);
  };

  beforeAll(async () => {
    bench = await attachBench();
    namespace = await bench.freshNamespace('grpc-route');
    const parentRefs = [{ ...inMesh, name: 'web', port: 9090 }];
    const rule: Rule = { matches: [{ method: { type: 'Exact', service: 'bench.Echo' } }], backendRefs: [to('web', 1, { port: 9090 })] };
    const { status: _, spec, ...head } = route('web', [rule], { parentRefs, kind: 'GRPCRoute' });
    const metadata = { ...head.metadata, namespace: namespace.name };
    await namespace.apply([
      ...workloads(`registry.example.com/${namespace.name}/web`),
      { ...head, metadata, spec: { ...(spec as Rule), hostnames: undefined } },
    ]);
    router = createRouter('gatewayApi', settled());
    target = {
      rollout: 'web',
      namespace: namespace.name,
      routes: [{ grpcRoute: 'web' }],
      stableService: 'web',
      canaryService: 'web-canary',
      totalWeight: 100,
    };
    await until(async () => (await versionOf()) === 'v1');
    await write(0, 1, 'claim');
  });
  afterAll(async () => {
    await namespace?.remove();
    await bench?.detach();
  });

  it.each([0, 25, 100])('gives the canary the share of weight %i', async (weight) => {
    await write(weight, 1, 'owner');
    const [least, most] = binomialInterval(calls, weight / 100);
    const canary = await countCanary();
    expect(canary).toBeGreaterThanOrEqual(least);
    expect(canary).toBeLessThanOrEqual(most);
  });

  it('sends calls with a header to the canary and no others, until a door', async () => {
    await write(0, 1, 'owner', { match: [{ header: { name: 'x-trial', exact: 'yes' } }] });
    expect([await versionOf({ 'x-trial': 'yes' }), await versionOf({ 'x-trial': 'no' }), await versionOf()]).toEqual(['v2', 'v1', 'v1']);
    await write(0, 2, 'door');
    expect(await versionOf({ 'x-trial': 'yes' })).toBe('v1');
    await router.removeCanary(target, 2);
  });
});

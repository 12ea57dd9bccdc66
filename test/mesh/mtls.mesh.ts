import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { deployCanary } from '../../adapters/eks/workload/deploy-canary.ts';
import { removeCanary } from '../../adapters/eks/workload/remove-canary.ts';
import { ensureCanaryPolicies, removeCanaryPolicies } from '../../adapters/mesh/canary-policies.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { TrafficRouter, WriteRole } from '../../core/ports.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { routeTargetOf, workloadNamesOf } from '../../runtime/acts/door-target.ts';
import { inspectRollout } from '../../runtime/acts/inspect-rollout.ts';
import { attachBench, hasBenchOrSays } from './bench/attach.ts';
import { countVersions, meshRequest } from './bench/request.ts';
import type { Bench, FreshNamespace } from './bench/types.ts';
import { until } from './bench/until.ts';
import { checkoutSpec, checkoutWithSidecars, onlyTheGatewayReads, strict } from './mtls/checkout.ts';
import { requestAs } from './mtls/request-as.ts';

const hasSidecars = hasBenchOrSays('mutual TLS needs the sidecars of the bench.');

const podStatus = z.looseObject({
  podIP: z.optional(z.string()),
  conditions: z._default(z.array(z.looseObject({ type: z.string(), status: z.string() })), []),
});
const selectorOf = {
  stable: 'app=checkout,sluice.dev/side=stable',
  canary: 'app=checkout,sluice.dev/side=canary',
  stranger: 'app=stranger',
} as const;
type Party = keyof typeof selectorOf;

/**
 * What rules a service in a mesh with identities rules its canary too: a rollout by Sluice's own code, under a PeerAuthentication, a
 * DestinationRule and AuthorizationPolicies, with requests through Envoys that prove who they are.
 */
describe.runIf(hasSidecars)('a rollout in a mesh with mutual TLS', () => {
  let bench: Bench;
  let namespace: FreshNamespace;
  let image: string;
  let host: string;
  let spec: RolloutSpec;
  let router: TrafficRouter;

  beforeAll(async () => {
    bench = await attachBench();
    await bench.processes['gateway-agent'].start();
    namespace = await bench.freshNamespace('mtls');
    host = `checkout.${namespace.name}.example.com`;
    image = `registry.example.com/${namespace.name}/checkout`;
    spec = checkoutSpec(namespace.name, image);
    router = createRouter('istio', bench.sluice);
    await namespace.apply(checkoutWithSidecars(image, host, bench));
    await Promise.all([ready('stable'), ready('stranger')]);
    await until(async () => (await throughGateway(20))['v1'] === 20);
  }, 180_000);
  afterAll(async () => {
    await namespace?.remove();
    await bench?.processes['gateway-agent'].kill();
    await bench?.detach();
  });

  const podsOf = (party: Party) => bench.admin.list({ apiVersion: 'v1', resource: 'pods', namespace: namespace.name }, selectorOf[party]);
  const ready = (party: Party) =>
    until(
      async () => {
        const pods = await podsOf(party);
        const isReady = (status: unknown) =>
          podStatus.parse(status).conditions.some((each) => each.type === 'Ready' && each.status === 'True');
        return pods.length === 1 && pods.every(({ status }) => isReady(status));
      },
      { withinMs: 90_000 },
    );
  const podOf = async (party: Party) => {
    const [pod] = await podsOf(party);
    const { podIP = '' } = podStatus.parse(pod?.['status'] ?? {});
    return { namespace: namespace.name, name: pod?.metadata.name ?? '', at: `${podIP}:8080` };
  };
  const plainTo = async (party: Party) => {
    const { status, body } = await meshRequest(`http://${(await podOf(party)).at}`, { host });
    return status === 0 && /ECONNRESET|socket hang up/.test(body) ? 'refused' : status;
  };
  const askedBy = async (caller: Party, callee: Party, method = 'GET') =>
    requestAs(await bench.identityOf(await podOf(caller)), `https://${(await podOf(callee)).at}`, { host, method });
  const throughGateway = (requests: number, method = 'GET') => countVersions(bench.gatewayUrl, { host, method }, requests);
  const spiffeId = (of: string, serviceAccount: string) => `spiffe://cluster.local/ns/${of}/sa/${serviceAccount}`;

  const owner = () => ({ rollout: 'checkout', rolloutId: 'rollout-1', fence: 1 });
  const canary = () => ({ hosts: routeTargetOf(spec), owner: owner() });
  const ensurePolicies = () => ensureCanaryPolicies('istio', bench.sluice, { ...canary(), resilience: undefined });
  const write = (weight: number, role: WriteRole = 'owner') =>
    router.write(routeTargetOf(spec), { split: splitAt(weight, 100), fence: 1, role });
  const bothAnswer = (counts: Readonly<Record<string, number>>) => (counts['v1'] ?? 0) > 0 && (counts['v2'] ?? 0) > 0;

  it('begins with a service that anybody may ask in plain text, as long as nobody says otherwise', async () => {
    expect(await plainTo('stable')).toBe(200);
    await namespace.apply([strict]);
    await until(async () => (await plainTo('stable')) === 'refused');
    expect(await throughGateway(20)).toEqual({ v1: 20 });
  });

  it('proves to the service that the gateway is the gateway, and to the caller that the service is the service', async () => {
    const { body } = await meshRequest(bench.gatewayUrl, { host });
    expect(body).toContain(`URI=${spiffeId('istio-system', 'gateway')}`);
    const answer = await askedBy('stranger', 'stable');
    expect(answer).toMatchObject({ status: 200, version: 'v1', answeredAs: spiffeId(namespace.name, 'checkout') });
    expect(answer.body).toContain(`URI=${spiffeId(namespace.name, 'stranger')}`);
  });

  it('makes a canary of the same identity, with the TLS of stable, which refuses plain text before it has any weight', async () => {
    await write(0, 'claim');
    let policies = '';
    await deployCanary(bench.sluice, { ...workloadNamesOf(spec), ...owner(), image: `${image}:v2`, replicas: 1 }, async () => {
      policies = await ensurePolicies();
    });
    expect(policies).toBe('created');
    await ready('canary');
    expect(await askedBy('stranger', 'canary')).toMatchObject({ version: 'v2', answeredAs: spiffeId(namespace.name, 'checkout') });
    expect(await Promise.all([plainTo('stable'), plainTo('canary')])).toEqual(['refused', 'refused']);
    expect(await throughGateway(20)).toEqual({ v1: 20 });
  });

  it('reaches both sides through the gateway at weight 50, and neither in plain text', async () => {
    await write(50);
    await until(async () => bothAnswer(await throughGateway(20)));
    const counts = await throughGateway(200);
    expect((counts['v1'] ?? 0) + (counts['v2'] ?? 0)).toBe(200);
    expect(await Promise.all([plainTo('stable'), plainTo('canary')])).toEqual(['refused', 'refused']);
  });

  it("fails at the canary where its host has not stable's TLS, which Sluice makes again", async () => {
    await removeCanaryPolicies('istio', bench.sluice, canary());
    await until(async () => ((await throughGateway(20))['503'] ?? 0) > 0);
    const without = await throughGateway(100);
    expect(without['v2']).toBeUndefined();
    expect(without).toMatchObject({ v1: expect.any(Number), 503: expect.any(Number) });
    expect(await ensurePolicies()).toBe('created');
    await until(async () => bothAnswer(await throughGateway(20)));
    const again = await throughGateway(100);
    expect((again['v1'] ?? 0) + (again['v2'] ?? 0)).toBe(100);
  });

  it('says before a rollout that STRICT for stable alone has the canary take plain text, as it does', async () => {
    await namespace.apply([{ ...strict, spec: { ...onStable, mtls: { mode: 'STRICT' } } }]);
    await until(async () => (await plainTo('canary')) === 200);
    expect(await plainTo('stable')).toBe('refused');
    expect(await policyFindings()).toMatchObject([
      { severity: 'refusal', message: expect.stringContaining('the canary takes plain text, which stable refuses') },
    ]);
    await namespace.apply([strict]);
    await until(async () => (await plainTo('canary')) === 'refused');
    expect(await policyFindings()).toEqual([]);
  });
  const onStable = { selector: { matchLabels: { app: 'checkout', 'sluice.dev/side': 'stable' } } };
  const policyFindings = async () =>
    (await inspectRollout(bench.sluice, spec)).filter(({ subject }) => /^(AuthorizationPolicy|PeerAuthentication) /.test(subject));

  it('lets an AuthorizationPolicy that selects by the app rule both sides alike', async () => {
    await namespace.apply([onlyTheGatewayReads({ app: 'checkout' })]);
    await until(async () => (await throughGateway(100, 'POST'))['403'] === 100);
    expect(await throughGateway(100, 'POST')).toEqual({ 403: 100 });
    const counts = await throughGateway(100);
    expect((counts['v1'] ?? 0) + (counts['v2'] ?? 0)).toBe(100);
    expect(bothAnswer(counts)).toBe(true);
    expect(await Promise.all([askedBy('stranger', 'stable'), askedBy('stranger', 'canary')])).toMatchObject([
      { status: 403 },
      { status: 403 },
    ]);
    expect(await policyFindings()).toEqual([]);
  });

  it('says before a rollout that an AuthorizationPolicy of stable alone leaves the canary open, as it does', async () => {
    await namespace.apply([onlyTheGatewayReads(onStable.selector.matchLabels)]);
    await until(async () => ((await throughGateway(20, 'POST'))['v2'] ?? 0) > 0);
    const counts = await throughGateway(100, 'POST');
    expect(counts['v1']).toBeUndefined();
    expect((counts['403'] ?? 0) + (counts['v2'] ?? 0)).toBe(100);
    expect(await Promise.all([askedBy('stranger', 'stable'), askedBy('stranger', 'canary')])).toMatchObject([
      { status: 403 },
      { status: 200, version: 'v2' },
    ]);
    expect(await policyFindings()).toMatchObject([
      { severity: 'refusal', message: expect.stringContaining('the canary serves callers that stable refuses') },
    ]);
    await namespace.apply([onlyTheGatewayReads({ app: 'checkout' })]);
    await until(async () => (await throughGateway(100, 'POST'))['403'] === 100);
  });

  it.each(['kubelet', 'gateway', 'istiod'] as const)(
    'goes on, under the same policies, after %s was killed and started anew',
    async (name) => {
      await bench.processes[name].restart();
      await until(async () => {
        const counts = await throughGateway(20);
        return bothAnswer(counts) && (counts['v1'] ?? 0) + (counts['v2'] ?? 0) === 20;
      });
      // Connections to what was killed may still fail a few; what counts is that nobody gets through.
      const seen = new Set<string>();
      await until(async () => {
        const counts = await throughGateway(100, 'POST');
        for (const answer of Object.keys(counts)) seen.add(answer);
        return counts['403'] === 100;
      });
      expect([...seen].filter((answer) => !['0', '403', '503'].includes(answer))).toEqual([]);
      expect(await Promise.all([plainTo('stable'), plainTo('canary')])).toEqual(['refused', 'refused']);
    },
  );

  it('leaves stable as it was when the canary is gone', async () => {
    await write(0);
    await until(async () => (await throughGateway(20))['v1'] === 20);
    await router.removeCanary(routeTargetOf(spec), 1);
    await removeCanary(bench.sluice, { ...workloadNamesOf(spec), ...owner() });
    expect(await removeCanaryPolicies('istio', bench.sluice, canary())).toBe('removed');
    await until(async () => (await podsOf('canary')).length === 0, { withinMs: 60_000 });
    expect(await throughGateway(100)).toEqual({ v1: 100 });
    expect(await plainTo('stable')).toBe('refused');
  });
});

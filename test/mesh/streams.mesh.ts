import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { ScaledClock } from '../../sandbox/clock.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../scenarios/stage.ts';
import { attachBench, hasBenchOrSays } from './bench/attach.ts';
import { type OpenStream, openGrpcStream, openWebSocket } from './bench/streams.ts';
import type { Bench } from './bench/types.ts';
import { meshTier } from './tier/mesh-tier.ts';

const drainSeconds = 6;
/** How long a pod that is to end waits for its users. */
const graceSeconds = 3;
/** From the write to the last proxy that has it; requests that are sent later are new ones. */
const propagationMs = 1_000;

const namespace = 'shop';
const ref = {
  deployment: { apiVersion: 'apps/v1', resource: 'deployments', namespace, name: 'checkout' },
  service: { apiVersion: 'v1', resource: 'services', namespace, name: 'checkout' },
  route: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace, name: 'shop' },
};

/** One rollout that moves a route of HTTP, WebSockets on it, and a route of gRPC to a port of its own. */
const spec = (usual: RolloutSpecSource): RolloutSpecSource => ({
  ...usual,
  router: {
    kind: 'istio',
    routes: [
      { virtualService: 'shop', http: 'checkout' },
      { virtualService: 'shop-grpc', http: 'checkout' },
    ],
  },
  steps: [
    { weight: 50, bake: '5m' },
    { weight: 100, bake: '5m' },
  ],
  deadlines: { ...usual.deadlines, drain: `${drainSeconds}s` },
});

/** Gives the service a port for gRPC and a route to it, and waits until all pods have it. */
async function speakGrpc(stage: Stage): Promise<{ readonly web: string; readonly grpc: string }> {
  const { kubernetes } = stage.sandbox;
  const shop = Object(kubernetes.get(ref.route)?.['spec']) as { readonly hosts: readonly string[]; readonly gateways: readonly string[] };
  const [web = ''] = shop.hosts;
  const grpc = `grpc.${web}`;
  stage.outside((hand) => {
    hand.patch(ref.service, [{ op: 'add', path: '/spec/ports/-', value: { name: 'grpc', port: 9090, targetPort: 'grpc' } }]);
    hand.patch(ref.deployment, [
      { op: 'add', path: '/spec/template/spec/terminationGracePeriodSeconds', value: graceSeconds },
      { op: 'add', path: '/spec/template/spec/containers/0/ports/-', value: { name: 'grpc', containerPort: 9090 } },
    ]);
    hand.apply({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'shop-grpc', namespace },
      spec: {
        hosts: [grpc],
        gateways: shop.gateways,
        http: [{ name: 'checkout', route: [{ destination: { host: 'checkout', port: { number: 9090 } } }], retries: { attempts: 0 } }],
      },
    });
  });
  await stage.until('pods with a port for gRPC', () => {
    const deployment = kubernetes.get(ref.deployment);
    const { observedGeneration, updatedReplicas, readyReplicas, replicas } = Object(deployment?.['status']) as Record<string, number>;
    return observedGeneration === deployment?.metadata.generation && updatedReplicas === replicas && readyReplicas === replicas;
  });
  await stage.until('gRPC through the gateway', () => reaches('v1', () => openGrpcStream(stage.sandbox.proxy.url, { host: grpc })));
  return { web, grpc };
}

async function reaches(version: string, open: () => Promise<OpenStream>): Promise<OpenStream | undefined> {
  try {
    const stream = await open();
    if (stream.version === version) return stream;
    stream.close();
  } catch {
    // The gateway does not know the route yet.
  }
  return undefined;
}

/** What became of one stream. */
class Followed {
  readonly stream: OpenStream;
  closedAtMs = Number.POSITIVE_INFINITY;

  constructor(stream: OpenStream, now: () => number) {
    this.stream = stream;
    void stream.closed.then(() => {
      this.closedAtMs = now();
    });
  }
}

const hasEnvoys = hasBenchOrSays('open streams need the Envoys and pods of the bench.');

describe.runIf(hasEnvoys)('streams that are open on the canary when a rollback begins', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await attachBench();
  });

  afterAll(() => bench.detach());

  it('T2, T8: go on until the drain deadline, end with the pods, and take no new request along', async () => {
    const description = inject('meshBench');
    if (description === undefined) throw new Error('there is no bench');
    const clock = new ScaledClock();
    const now = () => clock.now();
    const streams: Followed[] = [];
    let [openedBy, writtenAtMs, removingAtMs, echoes] = ['', 0, 0, 0];
    const canaryAnswers = { before: 0, after: 0 };
    const story = async (stage: Stage) => {
      const hosts = await speakGrpc(stage);
      stage.push('v2');
      await stage.untilWeight(50);
      const { url } = stage.sandbox.proxy;
      const webSocket = await stage.until('a WebSocket to v2', () => reaches('v2', () => openWebSocket(url, { host: hosts.web })));
      const grpc = await stage.until('a gRPC stream to v2', () => reaches('v2', () => openGrpcStream(url, { host: hosts.grpc })));
      streams.push(new Followed(webSocket, now), new Followed(grpc, now));
      openedBy = streams.map(({ stream }) => stream.version).join();
      await stage.call('Operate', { rollout: 'checkout', action: 'abort', by: 'ada', why: 'a look at the streams' });
      await stage.untilWeight(0);
      writtenAtMs = now();
      const removing = () =>
        stage.sandbox.engine.executions.some(({ machine, states }) => machine === 'rollback' && states.at(-1)?.state === 'RemoveCanary');
      while (!removing() && now() - writtenAtMs < 60_000) {
        for (const { stream } of streams) {
          expect(await stream.echo('still here')).toBe('still here');
          echoes += 1;
        }
        await stage.sleep(0.1);
      }
      removingAtMs = now();
      await Promise.all(streams.map(({ stream }) => stream.closed));
      await stage.untilState('RolledBack', 1, 'rollback');
      const ofCanary = stage.answers.filter(({ version }) => version === 'v2');
      canaryAnswers.before = ofCanary.filter(({ atMs }) => atMs < writtenAtMs).length;
      canaryAnswers.after = ofCanary.filter(({ atMs }) => atMs > writtenAtMs + propagationMs).length;
    };
    const scenario: Scenario = {
      name: 'open-streams',
      title: 'Streams are open on the canary while a person aborts',
      promises: ['T2', 'T8'],
      spec: { checkout: spec },
      story,
      expected: { rollouts: [], badAnswers: [0, 0] },
    };
    const outcome = await runScenario(scenario, { clock, tier: meshTier(bench, description) });
    expect(openedBy).toBe('v2,v2');
    expect(echoes).toBeGreaterThan(10);
    expect((removingAtMs - writtenAtMs) / 1000).toBeGreaterThanOrEqual(drainSeconds - 0.5);
    for (const { closedAtMs } of streams) expect((closedAtMs - writtenAtMs) / 1000).toBeGreaterThanOrEqual(drainSeconds - 0.5);
    expect(canaryAnswers.before).toBeGreaterThan(0);
    expect(canaryAnswers.after).toBe(0);
    expect(outcome.load.failed).toBe(0);
    expect(outcome.rollouts.map(({ record }) => [record.phase, record.rollbackReason])).toEqual([['rolledBack', 'abort']]);
    const verified = outcome.rollouts[0]?.history.find(({ what }) => what === 'trafficVerified');
    expect(verified?.reason).toMatch(/requests/);
  });
});

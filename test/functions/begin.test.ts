import { afterEach, describe, expect, it } from 'vitest';
import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { History } from '../../adapters/store/history.ts';
import { keys } from '../../adapters/store/keys.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import { Specs } from '../../adapters/store/specs.ts';
import { crowdedFrom } from '../../adapters/store/turns.ts';
import { ClusterForbiddenError, WeightNotVerifiedError } from '../../core/errors.ts';
import type { AlarmSource, NoAnswer } from '../../core/metric-ports.ts';
import type { KubernetesApi, SluiceEvent } from '../../core/ports.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { begin } from '../../functions/begin.ts';
import type { Deps } from '../../runtime/deps.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { accepted, edge, prefix, route, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { specSource, startMs } from '../core/rollout/rollout-for-tests.ts';
import {
  deployment,
  type Manifest,
  object,
  type ServiceInCluster,
  service,
  startServiceInCluster,
  virtualService,
} from '../runtime/acts/service-in-cluster.ts';

const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:one';
const newDigest = `sha256:${'a'.repeat(64)}`;
const sideOnly = { matchLabels: { 'sluice.dev/side': 'stable' } };
const strict = object('security.istio.io/v1', 'PeerAuthentication', { selector: sideOnly, mtls: { mode: 'STRICT' } });
const budget = object('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'checkout' } } });

let cluster: ServiceInCluster | undefined;
afterEach(() => cluster?.close());

/** What Prometheus says of each query of the spec. */
type MetricAnswer = { readonly status: 'noData' | 'unavailable' } & NoAnswer;

/** Begins a rollout of checkout, as the state machine would, in a cluster with these objects beside it. */
async function setUp(
  manifests: readonly Manifest[] = [],
  change: Partial<RolloutSpecSource> = {},
  overrides: Partial<KubernetesApi> = {},
  alarms?: AlarmSource,
  answer: MetricAnswer = { status: 'noData', why: 'The query answers no series.' },
) {
  cluster = await startServiceInCluster(...manifests);
  const { clock, kubernetes } = cluster;
  const api = { ...passingOn(cluster.api), ...overrides };
  const store = createMemoryStore();
  const router = { kind: 'istio', routes: [{ virtualService: 'shop', http: 'checkout' }] } as const;
  await new Specs(store).apply({ ...specSource({ router: { ...router, routes: [...router.routes] }, ...change }) }, startMs);
  const told: SluiceEvent[] = [];
  const log = createMemoryLog();
  const notAsked = () => Promise.reject(new Error('nobody was to be asked'));
  const readings = (names: readonly string[]) => names.map((name) => ({ name, state: 'ok' as const, reason: '', sinceMs: undefined }));
  const deps: Deps = {
    ...{ store, clock, log },
    clusters: { open: () => api },
    clusterFinder: { find: async (name) => ({ name, endpoint: kubernetes.url, certificateAuthority: '' }) },
    executions: { start: notAsked, describe: async () => ({ status: 'running' }), stop: notAsked },
    images: {
      resolve: async (repository) => ({ repository, tags: ['v2'], digest: newDigest, pushedAtMs: startMs }),
      pushedSince: async () => [],
    },
    events: {
      publish: async (events) => {
        told.push(...events);
      },
    },
    alarms: alarms ?? { read: async (names) => readings(names) },
    prometheus: () => ({
      metrics: { measure: async (queries) => queries.map(({ name }) => ({ name, atMs: startMs, ...answer })), history: notAsked },
      alerts: { read: async (names) => readings(names) },
    }),
    cloudWatch: { measure: notAsked, list: notAsked },
    webhookSecret: { read: notAsked },
  };
  const input = { rollout: 'checkout', image: 'v2', actor: { kind: 'push', id: 'v2' } };
  return {
    kubernetes,
    store,
    log,
    told,
    rollouts: new Rollouts(store, clock),
    history: async (rolloutId: string) => new History(store).list(rolloutId),
    run: () => begin.wiredWith(deps)({ input, executionArn, executionStartedAt: new Date(startMs).toISOString() }),
  };
}

function passingOn(api: KubernetesApi): KubernetesApi {
  return {
    read: (ref) => api.read(ref),
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
}

describe('J8: an alarm that CloudWatch does not tell of as a rollout begins', () => {
  const silent: AlarmSource = {
    read: async (names) => names.map((name) => ({ name, state: 'unavailable', reason: 'Rate exceeded', sinceMs: undefined })),
  };
  const noted = { name: 'checkout-errors', reason: 'Threshold crossed', sinceMs: startMs - 60_000 };

  it('is refused by, where it was noted last as firing', async () => {
    const { run, store, rollouts } = await setUp([], {}, {}, silent);
    await new AlarmStates(store).note({ ...noted, state: 'alarm' }, startMs);
    await expect(run()).rejects.toMatchObject({
      name: 'RolloutRefusedError',
      message: expect.stringContaining('In alarm already, before anything was changed: checkout-errors'),
    });
    expect(await rollouts.readLock('checkout')).toBeUndefined();
  });

  it.each(['ok', 'never noted'] as const)('keeps nobody from beginning, where it was noted last as %s', async (state) => {
    const { run, store } = await setUp([], {}, {}, silent);
    if (state === 'ok') await new AlarmStates(store).note({ ...noted, state }, startMs);
    expect(await run()).toMatchObject({ outcome: 'begun' });
  });

  it('is judged by what CloudWatch says where it says something, whatever was noted', async () => {
    const { run, store } = await setUp();
    await new AlarmStates(store).note({ ...noted, state: 'alarm' }, startMs);
    expect(await run()).toMatchObject({ outcome: 'begun' });
  });
});

describe('J7: a query whose answer is no number as a rollout begins', () => {
  const answered = (answer: MetricAnswer) => setUp([strict], {}, {}, undefined, answer);

  it('refuses, with all else that speaks against it, before anything is written', async () => {
    const { run, rollouts } = await answered({ status: 'noData', why: 'The query answers 2 series.', wrongQuestion: true });
    await expect(run()).rejects.toMatchObject({
      name: 'RolloutRefusedError',
      message: expect.stringMatching(/^PeerAuthentication .+ metric .+: The query answers 2 series\./),
      remedy: expect.stringContaining('Correct its query under analysis.metrics in the spec.'),
    });
    expect(await rollouts.readLock('checkout')).toBeUndefined();
  });

  it('is written down and no reason, where it is Prometheus that does not answer', async () => {
    const { run, history } = await setUp([], {}, {}, undefined, { status: 'unavailable', why: 'Prometheus answered HTTP 503.' });
    expect(await run()).toMatchObject({ outcome: 'begun' });
    expect((await history('checkout-000001')).find(({ what }) => what === 'preflight')?.reason).toMatch(
      /: Not asked: Prometheus answered HTTP 503\.$/,
    );
  });
});

describe('a rollout that begins in a crowd', () => {
  const inACrowd = async (interval: string) => {
    const { run, store, rollouts } = await setUp([], { analysis: { ...specSource().analysis, interval } });
    const { partition } = keys.lock('checkout');
    for (let index = 0; index < crowdedFrom; index += 1) {
      const lock = { rollout: `other-${index}`, fence: 1, rolloutId: `other-${index}-000001`, leaseUntilMs: startMs + 60_000 };
      await store.write([{ put: { partition, sort: lock.rollout }, value: lock, expect: 'absent' }]);
    }
    await run();
    return (await rollouts.load('checkout', 'checkout-000001')).record.isCrowded;
  };

  it('notes that no Lambda is to wait between its looks, where one would', async () => {
    expect([await inACrowd('30s'), await inACrowd('31s')]).toEqual([true, undefined]);
  });
});

describe('the preflight of Begin', () => {
  it('lets a service that is fit begin, and has nothing to say', async () => {
    const { run, told, history } = await setUp();
    expect(await run()).toMatchObject({ outcome: 'begun', rolloutId: 'checkout-000001' });
    expect(told).toMatchObject([
      { detailType: 'Rollout Begun', detail: { reason: expect.stringMatching(/^Rolling out v2 \([^()]+\)\.$/) } },
    ]);
    expect((await history('checkout-000001')).map(({ what }) => what)).toEqual(['begun']);
  });

  it('refuses with every reason at once, the first one first, before it has written anything', async () => {
    const { run, told, rollouts, kubernetes } = await setUp([
      { ...service(), metadata: { name: 'checkout-canary', namespace: 'shop' } },
      strict,
    ]);
    const before = kubernetes.get({ apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'shop' });
    await expect(run()).rejects.toMatchObject({
      name: 'RolloutRefusedError',
      message: expect.stringMatching(
        /^Service shop\/checkout-canary: It exists already, and rollout checkout did not make it\. PeerAuthentication shop\/checkout: It covers stable's pods/,
      ),
      remedy: expect.stringMatching(/^Rename or remove it: .*\. Select by what the pods of both sides bear/),
    });
    expect(told).toEqual([]);
    expect(await rollouts.readLock('checkout')).toBeUndefined();
    expect(kubernetes.get({ apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'shop' })).toEqual(
      before,
    );
  });

  it.each([
    ['a route', { router: { kind: 'istio', routes: [{ virtualService: 'nowhere' }] } }, 'There is no VirtualService shop/nowhere.'],
    ['a container', { workload: { deployment: 'checkout', container: 'web' } }, 'Deployment checkout has no container web.'],
    [
      'a Deployment',
      { workload: { deployment: 'nobody', container: 'app', service: 'checkout' } },
      'There is no Deployment nobody in namespace shop.',
    ],
  ] as const)('refuses %s that is not there', async (_what, change, message) => {
    const { run } = await setUp([], structuredClone(change) as Partial<RolloutSpecSource>);
    await expect(run()).rejects.toMatchObject({ name: 'RolloutRefusedError', message: expect.stringContaining(message) });
  });

  it('O4: tries again where a controller has yet to look at the route, and does not take the image for dealt with', async () => {
    const rule = { matches: [prefix('/')], backendRefs: [to('checkout', 80)] };
    const late = route('checkout', [rule], { status: accepted([edge], { observedGeneration: 1 }) });
    const read: KubernetesApi['read'] = async (ref) =>
      ref.resource === 'httproutes' ? { ...late, metadata: { ...late.metadata, generation: 2 } } : cluster?.api.read(ref);
    const router = { kind: 'gatewayApi', routes: [{ httpRoute: 'checkout' }] } as const;
    const { run, told, rollouts } = await setUp([], { router: { ...router, routes: [...router.routes] } }, { read });
    await expect(run()).rejects.toThrow(WeightNotVerifiedError);
    await expect(run()).rejects.toThrow('has seen generation 1, and the route is at 2');
    expect(told).toEqual([]);
    expect(await rollouts.readLock('checkout')).toBeUndefined();
  });

  it('tries a cluster that forbids again, and leaves it to the state behind it to tell', async () => {
    const read = () => Promise.reject(new ClusterForbiddenError('No verb get on deployments.', { remedy: 'Allow it.' }));
    const { run, told } = await setUp([], {}, { read });
    await expect(run()).rejects.toThrow(ClusterForbiddenError);
    expect(told).toEqual([]);
  });

  it('tells the number of warnings, and keeps them in the history and the log', async () => {
    const { run, told, history, log } = await setUp([budget]);
    expect(await run()).toMatchObject({ outcome: 'begun' });
    expect(told[0]?.detail['reason']).toMatch(/ 1 warning of the preflight; see `sluice lint --cluster`\.$/);
    const [, noted] = await history('checkout-000001');
    expect(noted).toMatchObject({
      what: 'preflight',
      reason: expect.stringContaining('PodDisruptionBudget shop/checkout: It counts the pods'),
    });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('preflight: PodDisruptionBudget') }),
    );
  });

  it('warns of a Git owner of what it is to write', async () => {
    const owner = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } };
    const { run, history } = await setUp([virtualService(owner), deployment({}, owner)]);
    await run();
    const [, noted] = await history('checkout-000001');
    expect(noted?.reason).toMatch(/Flux Kustomization shop writes it, .*old image.*Flux Kustomization shop writes it, .*weights/);
  });

  it('ignores an image that stable runs, whatever else there is to be said', async () => {
    const onStable = deployment({
      containers: [
        { name: 'app', image: `registry.example.com/shop/checkout@${newDigest}`, ports: [{ name: 'http', containerPort: 8080 }] },
      ],
    });
    const { run, told } = await setUp([onStable, strict]);
    expect(await run()).toMatchObject({ outcome: 'ignored', reason: expect.stringContaining('already') });
    expect(told).toEqual([]);
  });
});

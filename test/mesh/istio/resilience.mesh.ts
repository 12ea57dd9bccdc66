import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureCanaryPolicies, removeCanaryPolicies } from '../../../adapters/mesh/canary-policies.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { binomialInterval } from '../../contract/binomial.ts';
import { at } from '../../contract/router-hand.ts';
import { hasBenchOrSays } from '../bench/attach.ts';
import { workloads } from '../bench/two-versions.ts';
import { until } from '../bench/until.ts';
import { eightAtATime, IstioStage, type Way } from './stage.ts';
import { validated } from './validated.ts';

const plain = { name: 'web', route: [{ destination: { host: 'web' } }], retries: { attempts: 0 } };

const hasEnvoys = hasBenchOrSays('retries, time-outs and outlier detection need the Envoys of the bench.');

describe.runIf(hasEnvoys).each<[Way]>([['the gateway'], ['the sidecar']])('Istio, with requests through %s,', (way) => {
  let stage: IstioStage;
  let fence = 0;
  const router = () => createRouter('istio', validated(stage.bench));
  const versions = () => ['v1', 'v2'].map((version) => `${stage.image}:${version}`);
  const behaveAll = (service: Parameters<typeof stage.bench.behave>[1]['service']) =>
    Promise.all(versions().map((image) => stage.bench.behave(image, service === undefined ? {} : { service })));

  beforeAll(async () => {
    stage = await IstioStage.open(way);
  });
  afterAll(() => stage?.close());

  const claim = async (target: RouteTarget) => {
    fence += 1;
    await router().write(target, { ...at(0, fence, 'claim'), split: splitAt(0, target.totalWeight) });
  };
  const step = async (target: RouteTarget, canary: number, shape?: TrafficShape) => {
    await router().write(target, { split: splitAt(canary, target.totalWeight), fence, role: 'owner', shape });
    await stage.settle();
  };
  const giveBack = async (target: RouteTarget) => {
    fence += 1;
    await router().write(target, { split: splitAt(0, target.totalWeight), fence, role: 'door' });
    await router().removeCanary(target, fence);
    await stage.settle();
  };

  describe('during a rollout and no longer', () => {
    beforeEach(async () => {
      await stage.lead([plain]);
      await claim(stage.target);
    });
    afterEach(() => behaveAll(undefined));

    it('tries a request again whose pod answered 503 once', async () => {
      await behaveAll({ errorShare: 0.5, errorStatus: 503 });
      const bad = async () => {
        const statuses: number[] = [];
        for (let request = 0; request < 40; request += 1) statuses.push((await stage.ask({})).status);
        return statuses.filter((status) => status === 503).length;
      };
      await step(stage.target, 50);
      expect(await bad()).toBeGreaterThan(10);
      await step(stage.target, 50, { resilience: { retries: { attempts: 5, on: ['503'] } } });
      expect(await bad()).toBe(0);
      await giveBack(stage.target);
      expect(await bad()).toBeGreaterThan(10);
      expect((await stage.read())['spec']).toMatchObject({ http: [plain] });
    });

    it('gives up a request whose pod answers too slowly', async () => {
      await behaveAll({ latencyMs: 600 });
      const statuses = async () => new Set((await stage.send(16)).map(({ status }) => status));
      await step(stage.target, 50);
      expect(await statuses()).toEqual(new Set([200]));
      await step(stage.target, 50, { resilience: { timeoutSeconds: 0.2 } });
      expect(await statuses()).toEqual(new Set([504]));
      await giveBack(stage.target);
      expect(await statuses()).toEqual(new Set([200]));
      expect((await stage.read())['spec']).toMatchObject({ http: [plain] });
    });
  });

  it('steers the VirtualService that another one delegates to, by weight and by match, and finds nothing against it', async () => {
    const match = [{ uri: { prefix: '/shop' } }];
    const root = stage.virtualService('root', { http: [{ match, delegate: { name: 'web', namespace: stage.namespace.name } }] });
    await remove('web');
    await stage.namespace.apply([root, stage.virtualService('web', { hosts: undefined, gateways: undefined, http: [plain] })]);
    await until(async () => (await stage.ask({})).side === 'stable');
    const before = await stage.read('root');
    expect(await router().inspect(stage.target, { weights: [25, 100], shapes: [{ mirrorWeight: 5 }] })).toEqual([]);
    await claim(stage.target);
    await step(stage.target, 25, { match: [{ header: { name: 'x-trial', exact: 'yes' } }] });
    const sides = await stage.send(20, { headers: { 'x-trial': 'yes' } });
    expect(new Set(sides.map(({ side }) => side))).toEqual(new Set(['canary']));
    const canary = (await stage.send(400)).filter(({ side }) => side === 'canary').length;
    const [least, most] = binomialInterval(400, 0.25);
    expect(canary).toBeGreaterThanOrEqual(least);
    expect(canary).toBeLessThanOrEqual(most);
    await giveBack(stage.target);
    expect(new Set((await stage.send(40, { headers: { 'x-trial': 'yes' } })).map(({ side }) => side))).toEqual(new Set(['stable']));
    expect(await stage.read('root')).toEqual(before);
    await Promise.all([remove('root'), remove('web')]);
  });
  const remove = async (name: string) => {
    const found = await stage.bench.admin.read(stage.ref(name));
    if (found !== undefined) await stage.bench.admin.remove(stage.ref(name), { uid: String(found.metadata.uid) });
  };

  it('keeps users by a cookie whose name Envoy would read as a variable', async () => {
    const cookie = '%PROTOCOL%';
    await stage.lead([plain]);
    await claim(stage.target);
    await step(stage.target, 50, { affinity: { cookie, maxAgeSeconds: 60 } });
    const answers = await stage.send(40);
    expect(new Set(answers.map(({ setCookies }) => setCookies[0]?.split(';')[0]))).toEqual(
      new Set([`${cookie}=${fence}-canary`, `${cookie}=${fence}-stable-50`]),
    );
    const kept = await stage.send(20, { cookies: { [cookie]: `${fence}-canary` } });
    expect(new Set(kept.map(({ side }) => side))).toEqual(new Set(['canary']));
    await giveBack(stage.target);
    expect((await stage.send(20)).flatMap(({ setCookies }) => setCookies)).toEqual([]);
  });

  it('gives the canary 1 of 1000 where the total is 1000, and half of it at 500', async () => {
    const target = { ...stage.target, totalWeight: 1000 };
    await stage.lead([plain]);
    await claim(target);
    for (const weight of [1, 500]) {
      await step(target, weight);
      expect(await router().read(target)).toMatchObject([{ split: { stable: 1000 - weight, canary: weight } }]);
      const answers = await stage.send(1000);
      const [least, most] = binomialInterval(1000, weight / 1000);
      const canary = answers.filter(({ side }) => side === 'canary').length;
      expect(canary).toBeGreaterThanOrEqual(least);
      expect(canary).toBeLessThanOrEqual(most);
    }
    await giveBack(target);
  });

  it('leaves other backends of the rule their share of the requests', async () => {
    await stage.lead(
      [
        {
          ...plain,
          route: [
            { destination: { host: 'legacy' }, weight: 20 },
            { destination: { host: 'web' }, weight: 80 },
          ],
        },
      ],
      ...renamed('legacy', workloads(stage.image)),
    );
    await until(async () => {
      const found = new Set(await versionsOf(50));
      return found.has('legacy') && !found.has('nobody');
    });
    await claim(stage.target);
    for (const weight of [0, 50, 100]) {
      await step(stage.target, weight);
      const versions = await versionsOf(400);
      const count = (version: string) => versions.filter((each) => each === version).length;
      for (const [version, share] of [
        ['legacy', 0.2],
        ['v1', (0.8 * (100 - weight)) / 100],
        ['v2', (0.8 * weight) / 100],
      ] as const) {
        const [least, most] = binomialInterval(400, share);
        expect([version, weight, count(version)]).toEqual([version, weight, expect.toSatisfy((n: number) => n >= least && n <= most)]);
      }
    }
    await giveBack(stage.target);
  });
  const versionsOf = (requests: number) => eightAtATime(requests, async () => (await stage.request('/shop')).version ?? 'nobody');
});

describe.runIf(hasEnvoys)("Istio's DestinationRule of the canary", () => {
  let stage: IstioStage;
  const owner = { rollout: 'web', rolloutId: 'web-1', fence: 1 };
  const of = () => ({ hosts: stage.target, owner });
  const ref = () => stage.ref('web-canary', 'destinationrules');

  beforeAll(async () => {
    stage = await IstioStage.open('the sidecar');
  });
  afterAll(() => stage?.close());
  afterEach(async () => {
    for (const name of ['web', 'web-canary']) {
      const rule = stage.ref(name, 'destinationrules');
      const found = await stage.bench.admin.read(rule);
      if (found !== undefined) await stage.bench.admin.remove(rule, { uid: String(found.metadata.uid) });
    }
  });

  it("is taken by the API server with all that stable's says, holds for the canary in Envoy, and goes", async () => {
    const policy = {
      connectionPool: { tcp: { maxConnections: 77, connectTimeout: '3s' }, http: { http1MaxPendingRequests: 55, maxRetries: 4 } },
      outlierDetection: { consecutiveGatewayErrors: 9, interval: '7s', minHealthPercent: 20 },
      loadBalancer: { simple: 'LEAST_REQUEST', warmup: { duration: '20s' } },
      tls: { mode: 'SIMPLE', sni: 'web.example.com' },
      portLevelSettings: [{ port: { number: 9090 }, connectionPool: { tcp: { maxConnections: 11 } }, tls: { mode: 'DISABLE' } }],
    };
    const subsets = [{ name: 'v1', labels: { side: 'stable' } }];
    await stage.namespace.apply([stage.destinationRule('web', { trafficPolicy: policy, subsets, exportTo: ['*'] })]);
    expect(await ensureCanaryPolicies('istio', validated(stage.bench), { ...of(), resilience: undefined })).toBe('created');
    expect(await ensureCanaryPolicies('istio', validated(stage.bench), { ...of(), resilience: undefined })).toBe('unchanged');
    const made = await stage.bench.sluice.read(ref());
    expect(made?.['spec']).toEqual({ host: 'web-canary', trafficPolicy: policy, exportTo: ['*'] });
    for (const port of [80, 9090]) {
      await until(async () => {
        const [stable, canary] = await Promise.all(['web', 'web-canary'].map((service) => clusterOf(service, port)));
        expect(stable?.['circuit_breakers']).toMatchObject({ thresholds: [{ max_connections: port === 80 ? 77 : 11 }] });
        expect(canary).toEqual(stable);
        return true;
      });
    }
    expect(await removeCanaryPolicies('istio', stage.bench.sluice, of())).toBe('removed');
    expect(await stage.bench.admin.read(ref())).toBeUndefined();
  });
  /** Envoy's cluster without what names its host. */
  const clusterOf = async (service: string, port: number): Promise<Readonly<Record<string, unknown>>> => {
    const dump = await fetch(`${stage.bench.envoyAdminUrls.sidecar}/config_dump?resource=dynamic_active_clusters`);
    const { configs } = (await dump.json()) as { configs: { cluster: { name: string } & Record<string, unknown> }[] };
    const host = `${service}.${stage.namespace.name}.svc.cluster.local`;
    const found = configs.find(({ cluster }) => cluster.name === `outbound|${port}||${host}`);
    const text = JSON.stringify(found?.cluster ?? {}).replaceAll(host, 'host');
    return JSON.parse(text.replaceAll(`destination-rule/${service}"`, 'destination-rule/service"').replaceAll(`"${service}"`, '"service"'));
  };

  it('takes a pod out that answers only 500s, so that the canary answers well, and puts no pod of stable out', async () => {
    const bad = `${stage.image}:bad`;
    await stage.bench.behave(bad, { service: { errorShare: 1 } });
    await stage.namespace.apply(onePodEach(workloads(stage.image), bad));
    await stage.lead([plain]);
    const router = createRouter('istio', validated(stage.bench));
    await router.write(stage.target, at(0, 1, 'claim'));
    const outlierDetection = { consecutive5xx: 3, intervalSeconds: 1, ejectionSeconds: 120, mostOutPercent: 50 };
    expect(await ensureCanaryPolicies('istio', validated(stage.bench), { ...of(), resilience: { outlierDetection } })).toBe('created');
    await router.write(stage.target, at(50, 1, 'owner'));
    await stage.settle();
    const good = async () => (await stage.send(100)).every(({ status }) => status === 200);
    await until(async () => (await stage.send(20)).some(({ status }) => status === 500));
    await until(good);
    const sides = (await stage.send(400)).map(({ status, side }) => `${status} ${side}`);
    expect(new Set(sides)).toEqual(new Set(['200 stable', '200 canary']));
    const [least, most] = binomialInterval(400, 0.5);
    const canary = sides.filter((each) => each === '200 canary').length;
    expect(canary).toBeGreaterThanOrEqual(least);
    expect(canary).toBeLessThanOrEqual(most);
    expect(await removeCanaryPolicies('istio', stage.bench.sluice, of())).toBe('removed');
    expect(await stage.bench.admin.read(ref())).toBeUndefined();
    await until(async () => !(await good()));
    await router.write(stage.target, at(0, 2, 'door'));
    await router.removeCanary(stage.target, 2);
    await stage.settle();
    expect(await good()).toBe(true);
  });
});

/** `web` under another name, with pods of their own. */
function renamed(name: string, objects: readonly KubernetesObject[]): KubernetesObject[] {
  const text = JSON.stringify(objects.filter(({ metadata }) => metadata.name === 'web'));
  return JSON.parse(text.replaceAll('"web"', `"${name}"`).replaceAll('web:v1', `web:${name}`));
}

/** The canary's Deployment with one pod, and another one with a pod of that image behind the same Service. */
function onePodEach(objects: readonly KubernetesObject[], image: string): KubernetesObject[] {
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'web-canary');
  const text = JSON.stringify(deployment).replace('"replicas":2', '"replicas":1');
  const other = text.replace('"name":"web-canary"', '"name":"web-canary-other"').replaceAll('"app":"web"', '"app":"web","other":"yes"');
  return [JSON.parse(text), JSON.parse(other.replaceAll(/registry[^"]+/g, image))];
}

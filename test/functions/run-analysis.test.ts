import { beforeAll, describe, expect, it } from 'vitest';
import { createRouter, loadDialects } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { marginMs } from '../../core/analysis/look-times.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitReady } from '../../functions/await-ready.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import { runAnalysis } from '../../functions/run-analysis.ts';
import { setWeight } from '../../functions/set-weight.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { put, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';
import { countingPrometheus } from '../runtime/acts/counting-prometheus.ts';

/** What the canary has answered in all is its one metric: it fails as soon as a look sees more than a thousand. */
const query = 'sum(istio_requests_total{destination_service_name="{{canary}}"})';
const analysis = { interval: '1s', prometheus: { url: 'http://prometheus.example.com' }, alarms: [], alerts: [] };
const counted = { ...analysis, metrics: [{ name: 'answers', query, max: 1000, failures: { consecutive: 1, total: 1 } }] };

interface Looked {
  readonly atMs: number;
  readonly queries: readonly string[];
}

/** A canary at its first weight, a Prometheus that scrapes it every second, and what RunAnalysis has asked. */
async function watched(change: Partial<RolloutSpecSource> = {}) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const spec = {
    ...specSource({
      steps: [
        { weight: 10, bake: '1m' },
        { weight: 100, bake: '1m' },
      ],
      analysis: counted,
      ...change,
    }),
  };
  const begun = await begin(new Turns(store, clock), 'first', { spec });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { record } = begun;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  await createRouter('istio', cluster).write(target, { split: splitAt(0, 100), fence: record.fence, role: 'claim' });

  const counting = countingPrometheus(clock);
  const looks: Looked[] = [];
  const endings: number[] = [];
  const deps = {
    ...{ clock, store, log: createMemoryLog(() => endings.push(clock.now())), clusters: { open: () => cluster } },
    prometheus: (url: string) => {
      const { metrics, alerts } = counting.prometheus(url);
      const measure: typeof metrics.measure = (queries) => {
        if (queries.some(({ name }) => name === 'answers')) looks.push({ atMs: clock.now(), queries: queries.map((each) => each.query) });
        return metrics.measure(queries);
      };
      return { metrics: { ...metrics, measure }, alerts };
    },
  } as unknown as Deps;
  const call = (of: SluiceFunction, watchSeconds = 0) =>
    of.wiredWith(deps)({
      ...{ payloadVersion, rollout: record.rollout, rolloutId: record.rolloutId, fence: record.fence, stepIndex: 0 },
      ...{ outcome: '', waitSeconds: 0, watchSeconds },
      door: { cluster: record.cluster, routerKind: 'istio', target },
    });
  await call(deployCanary);
  await call(awaitReady);
  await call(setWeight);
  const startMs = clock.now();
  endings.length = 0;
  const canary = { answers: 0, scrapedAtMs: 0 };
  const scrape = () => {
    canary.scrapedAtMs = clock.now();
    counting.scrape({ stable: 1, canary: canary.answers });
    clock.timer(1000, scrape);
  };
  clock.timer(300, scrape);
  return { call, clock, startMs, looks, endings, canary };
}

beforeAll(loadDialects);

describe('RunAnalysis', () => {
  it('looks shortly after each scrape as soon as it has seen one, and so at a canary that fails', async () => {
    const { call, clock, startMs, looks, canary } = await watched();
    clock.timer(20_200, () => {
      canary.answers = 2000;
    });
    expect(await call(runAnalysis, 60)).toMatchObject({ outcome: 'fail' });
    // Nothing was scraped at the first look; the second finds what was scraped 700 ms before.
    expect(looks.slice(0, 4).map(({ atMs }) => atMs - startMs)).toEqual([0, 1000, 1350, 2350]);
    expect(clock.now() - startMs).toBe(20_300 + marginMs(1000));
  });

  it('asks when the newest sample was scraped in one look of ten, along with the metrics', async () => {
    const { call, looks } = await watched();
    await call(runAnalysis, 60);
    const asked = looks.flatMap(({ queries }, index) => (queries.length > 1 ? [index] : []));
    expect(asked).toEqual([0, 1, 2, 12, 22, 32, 42, 52]);
    expect(looks[1]?.queries[1]).toBe('max(timestamp(istio_requests_total{destination_service_name="checkout-canary"}))');
    expect(looks.every(({ queries }) => queries.length <= 2)).toBe(true);
  });

  it('does not ask where it looks once only, since the state machine does the waiting', async () => {
    const { call, looks } = await watched();
    await call(runAnalysis, 0);
    expect(looks.map(({ queries }) => queries.length)).toEqual([1]);
  });

  it('looks at each interval where no metric names the canary', async () => {
    const metrics = [{ name: 'answers', query: 'vector(0)', max: 1 }];
    const { call, startMs, looks } = await watched({ analysis: { ...counted, metrics } });
    await call(runAnalysis, 60);
    expect(looks.slice(0, 4).map(({ atMs }) => atMs - startMs)).toEqual([0, 1000, 2000, 3000]);
    expect(looks.every(({ queries }) => queries.length === 1)).toBe(true);
  });

  it('looks at each interval where only alarms judge', async () => {
    const { call, startMs, looks, endings } = await watched({ analysis: { interval: '1s', alarms: ['checkout-errors'] } });
    await call(runAnalysis, 60);
    expect(endings.slice(0, 4).map((atMs) => atMs - startMs)).toEqual([0, 1000, 2000, 3000]);
    expect(looks).toEqual([]);
  });
});

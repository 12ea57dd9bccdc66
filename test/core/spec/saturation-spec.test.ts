import { describe, expect, it } from 'vitest';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { fillQuery } from '../../../core/analysis/query-template.ts';
import { queryWindowSeconds } from '../../../core/analysis/query-window.ts';
import { isSaturation, type RolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';
import { changed, metricsIn, problemsIn, withAnalysis } from './spec-text.ts';

const prometheus = 'prometheus: { url: http://p:9090 }';
const textOf = (metrics: string, more = '') => withAnalysis(`analysis:\n  ${prometheus}\n${more}  metrics:\n    - ${metrics}\n`);
const metricOf = (metric: string, more = '') => metricsIn(textOf(`${metric}\n    - successRate`, more))[0];

describe('a saturation metric', () => {
  it.each([
    ['{ saturation: cpu }', { name: 'cpu saturation', max: 0.25, failures: { consecutive: 2, total: 5 } }],
    ['{ saturation: memory }', { name: 'memory saturation', max: 0.9 }],
    [
      '{ saturation: cpu, name: throttled, max: 0.5, failures: { for: 3m }, critical: false, startingStep: 2 }',
      { name: 'throttled', max: 0.5, failures: { forSeconds: 180 }, role: { critical: false, startingStep: 2 } },
    ],
  ])('%s is a query with a threshold', (text, expected) => {
    const metric = metricOf(text);
    expect(metric).toMatchObject(expected);
    expect(checkQuery(queryOf(metric))).toEqual({ ok: true });
  });

  it.each([
    ['{ saturation: cpu }', '', 120],
    ['{ saturation: cpu, window: 5m }', '', 300],
    ['{ saturation: cpu, window: 5m }', '  warmUp: 6m\n', 360],
    ['{ saturation: cpu, initialDelay: 10s }', '  warmUp: 6m\n', 10],
    ['{ saturation: memory }', '', 0],
  ])('%s does not count what was before the canary had traffic', (text, more, initialDelaySeconds) => {
    expect(metricOf(text, more)?.role).toMatchObject({ initialDelaySeconds });
  });

  it('looks back no further than it says, so that the canary of another rollout is not taken for this one', () => {
    expect(queryWindowSeconds(queryOf(metricOf('{ saturation: cpu }')))).toBe(120);
    expect(queryWindowSeconds(queryOf(metricOf('{ saturation: cpu, window: 5m }')))).toBe(300);
    expect(queryWindowSeconds(queryOf(metricOf('{ saturation: memory }')))).toBe(120);
  });

  it.each([
    ['{ saturation: disk }', 'analysis.metrics[0].saturation', 'one of cpu or memory'],
    ['{ saturation: cpu, max: 25 }', 'analysis.metrics[0].max', 'a share below 1, such as 0.25'],
    ['{ saturation: cpu, max: 0 }', 'analysis.metrics[0].max', 'a share above 0'],
    ['{ saturation: cpu, window: 5s }', 'analysis.metrics[0].window', 'a window from 10s to 1h, of two scrapes or more'],
    ['{ saturation: memory, window: 5m }', 'analysis.metrics[0].window', 'no window beside memory: what is used now counts'],
  ])('%s is refused', (text, path, expected) => {
    expect(problemsIn(textOf(text))).toMatchObject([{ path, expected }]);
  });

  it.each([
    ['{ saturation: cpu, min: 0.1 }', 'min'],
    ['{ saturation: cpu, treshold: 0.1 }', 'treshold'],
  ])('%s names the key that it does not know', (text, key) => {
    expect(problemsIn(textOf(text))).toMatchObject([{ code: 'unknownKey', found: expect.stringContaining(key) }]);
  });

  it('needs a Prometheus', () => {
    const problems = problemsIn(withAnalysis('analysis:\n  metrics:\n    - saturation: cpu\n'));
    expect(problems).toMatchObject([{ path: 'analysis.prometheus' }]);
  });

  it('is refused where the Pods of a Deployment have names that are shortened', () => {
    const long = 'c'.repeat(40);
    const text = changed('deployment: checkout', `deployment: ${long}`, textOf('{ saturation: cpu }'));
    const service = changed(`deployment: ${long}`, `deployment: ${long}\n  service: checkout`, text);
    expect(problemsIn(service)).toMatchObject([{ path: 'analysis.metrics[0].saturation', expected: 'at most 39' }]);
    expect(problemsIn(service.replace(long, 'c'.repeat(39)))).toEqual([]);
  });
});

function queryOf(metric: RolloutSpec['analysis']['metrics'][number] | undefined): string {
  if (metric === undefined || !isSaturation(metric)) throw new Error('it is no saturation');
  return fillQuery(metric.query, {
    canary: 'checkout-canary',
    stable: 'checkout',
    canaryWorkload: 'app-canary',
    stableWorkload: 'app',
    namespace: 'shop',
    intervalSeconds: 10,
  });
}

interface Container {
  readonly pod?: string;
  readonly container?: string;
  readonly namespace?: string;
  readonly startedAt?: number;
  /** CFS periods and throttled ones in a second. */
  readonly periods?: number;
  readonly throttled?: number;
  readonly memory?: number;
  readonly limit?: number;
  readonly limitOfState?: number;
}

const nowSeconds = 1_000;

/** What is answered at 1,000 s by a Prometheus that has scraped these containers every 30 s, since their start or since 400 s. */
function answered(text: string, containers: readonly Container[]): number | undefined {
  const store = new SeriesStore({ retentionMs: 3_600_000 });
  for (const each of containers) {
    const { pod = 'app-canary-6f8b-x2x9z', container = 'app', namespace = 'shop', startedAt = 0 } = each;
    const labels = { pod, container, namespace };
    for (let at = Math.max(startedAt, 400); at <= nowSeconds; at += 30) {
      const write = (name: string, value: number | undefined, more = {}) => {
        if (value !== undefined) store.append({ ...labels, ...more, __name__: name }, at * 1000, value);
      };
      const since = (perSecond: number | undefined) => (perSecond === undefined ? undefined : perSecond * (at - startedAt));
      write('container_start_time_seconds', startedAt);
      write('container_cpu_cfs_periods_total', since(each.periods));
      write('container_cpu_cfs_throttled_periods_total', since(each.throttled));
      write('container_memory_working_set_bytes', each.memory);
      write('container_spec_memory_limit_bytes', each.limit);
      write('kube_pod_container_resource_limits', each.limitOfState, { resource: 'memory', instance: 'state' });
    }
  }
  const { result } = new QueryEngine(store, { lookbackMs: 300_000 }).instant(queryOf(metricOf(text)), nowSeconds * 1000);
  if (result.type !== 'vector' || result.samples.length > 1) throw new Error('the query answers no single number');
  return result.samples[0]?.value;
}

describe('saturation of CPU', () => {
  const cpu = (...containers: Container[]) => answered('{ saturation: cpu }', containers);

  it('is the share of periods that were throttled, of all Pods together', () => {
    expect(cpu({ periods: 10, throttled: 1 }, { pod: 'app-canary-6f8b-y1y1y', periods: 10, throttled: 5 })).toBeCloseTo(0.3);
  });

  it('is that of the container that fares worst', () => {
    expect(cpu({ periods: 10, throttled: 6 }, { container: 'proxy', periods: 90, throttled: 0 })).toBeCloseTo(0.6);
  });

  it.each([
    ['stable', { pod: 'app-6f8b-x2x9z' }],
    ['another Deployment whose name begins alike', { pod: 'app-canary-two-6f8b-x2x9z' }],
    ['another namespace', { namespace: 'books' }],
    ['the Pod as a whole', { container: '' }],
  ])('leaves out %s', (_, other) => {
    expect(cpu({ periods: 10, throttled: 1 }, { ...other, periods: 10, throttled: 10 })).toBeCloseTo(0.1);
  });

  it('leaves out what a container did in its first two minutes', () => {
    expect(cpu({ periods: 10, throttled: 1 }, { pod: 'app-canary-6f8b-young', startedAt: 910, periods: 10, throttled: 9 })).toBeCloseTo(
      0.1,
    );
  });

  it.each([
    ['no container has a limit', [{}]],
    ['all containers are young', [{ startedAt: 910, periods: 10, throttled: 9 }]],
  ])('has no data where %s', (_, containers) => {
    expect(cpu(...containers)).toBeUndefined();
  });
});

describe('saturation of memory', () => {
  const memory = (...containers: Container[]) => answered('{ saturation: memory }', containers);

  it('is the share of its limit that the fullest container uses', () => {
    expect(memory({ memory: 50, limit: 100 }, { pod: 'app-canary-6f8b-y1y1y', memory: 90, limit: 100 })).toBe(0.9);
  });

  it.each([
    ['cAdvisor tells', { limit: 100 }],
    ['only kube-state-metrics tells', { limitOfState: 100 }],
    ['both tell', { limit: 100, limitOfState: 100 }],
  ])('goes by the limit that %s', (_, limit) => {
    expect(memory({ memory: 40, ...limit })).toBe(0.4);
  });

  it('has no data of containers without a limit, which cAdvisor tells as 0', () => {
    expect(memory({ memory: 40, limit: 0 })).toBeUndefined();
    expect(memory({ memory: 40, limit: 0 }, { container: 'proxy', memory: 10, limit: 100 })).toBe(0.1);
  });
});

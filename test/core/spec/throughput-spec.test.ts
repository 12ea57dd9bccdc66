import { describe, expect, it } from 'vitest';
import { metricsIn, problemsIn, withAnalysis, withRouter } from './spec-text.ts';

const textOf = (metric: string, more = '') =>
  withAnalysis(`analysis:\n  prometheus: { url: http://p:9090 }\n${more}  metrics:\n    - successRate\n    - ${metric}\n`);
const metricOf = (metric: string, more = '') => metricsIn(textOf(metric, more))[1];

describe('a throughput metric', () => {
  it.each([
    [
      '{ throughput: service, min: 20 }',
      {
        name: 'throughput',
        throughputOf: 'service',
        windowSeconds: 60,
        min: 20,
        failures: { consecutive: 2, total: 5 },
        role: { critical: true, dryRun: false, startingStep: 1, initialDelaySeconds: 0 },
      },
    ],
    [
      '{ throughput: canary, min: 2, max: 900, window: 2m, failures: { for: 3m }, startingStep: 2 }',
      {
        name: 'throughput of the canary',
        throughputOf: 'canary',
        windowSeconds: 120,
        min: 2,
        max: 900,
        failures: { forSeconds: 180 },
        role: { critical: true, dryRun: false, startingStep: 2, initialDelaySeconds: 120 },
      },
    ],
  ])('%s is what is held against thresholds', (text, expected) => {
    expect(metricOf(text)).toEqual(expected);
  });

  it.each([
    ['{ throughput: canary, min: 1 }', 360],
    ['{ throughput: canary, min: 1, initialDelay: 5s }', 5],
    ['{ throughput: service, min: 1 }', 360],
  ])('%s begins after the warm-up, unless it says otherwise', (text, initialDelaySeconds) => {
    expect(metricOf(text, '  warmUp: 6m\n')?.role).toMatchObject({ initialDelaySeconds });
  });

  it.each([
    ['{ throughput: all, min: 1 }', 'analysis.metrics[1].throughput', 'one of service or canary'],
    ['{ throughput: service }', 'analysis.metrics[1].max', 'a threshold: min, max or both'],
    ['{ throughput: service, min: 3, max: 2 }', 'analysis.metrics[1].min', 'a min that is at most max'],
    ['{ throughput: service, min: 1, window: 1s }', 'analysis.metrics[1].window', 'a window from 10s to 1h, of two scrapes or more'],
  ])('%s is refused', (text, path, expected) => {
    expect(problemsIn(textOf(text))).toMatchObject([{ path, expected }]);
  });

  it('is refused where telemetry is switched off, and taken where other series are named', () => {
    const metric = '{ throughput: service, min: 1 }';
    const off = problemsIn(textOf(metric, '  telemetry: off\n'));
    expect(off).toMatchObject([{ path: 'analysis.metrics[1].throughput', found: 'throughput without telemetry', expected: 'a query' }]);
    const named = `analysis:\n  prometheus: { url: http://p:9090 }\n  telemetry: { stable: a_total, canary: b_total }\n  metrics:\n    - ${metric}\n`;
    expect(problemsIn(withAnalysis(named))).toEqual([]);
  });

  it('is refused of connections', () => {
    const tcp = '  kind: istio\n  routes:\n    - { virtualService: checkout, tcp: { port: 5432 } }\n';
    const text = withAnalysis(`analysis:\n  prometheus: { url: http://p:9090 }\n  metrics:\n    - { throughput: service, min: 1 }\n`);
    expect(problemsIn(withRouter(tcp, '', text))).toMatchObject([{ found: 'throughput of connections', expected: 'a query' }]);
  });
});

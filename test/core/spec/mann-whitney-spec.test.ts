import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { problemsIn, withAnalysis } from './spec-text.ts';

const file = 'rollouts/checkout.yaml';
const sides = `canary: 'p99{service="{{canary}}"}', baseline: 'p99{service="{{stable}}"}'`;
const parse = (metric: string) =>
  parseSpec(withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n  metrics:\n    - successRate\n    - ${metric}\n`), file);

describe('a comparison of samples', () => {
  it('needs two queries, and is else what Kayenta has', () => {
    const parsed = parse(`{ name: p99, mannWhitney: { ${sides}, every: 1s } }`);
    expect(parsed.ok ? parsed.spec.analysis.metrics[1] : parsed).toMatchObject({
      name: 'p99',
      mannWhitney: { direction: 'increase', confidence: '98%', tolerance: 0.25, effect: 1, everySeconds: 1, samples: 10 },
    });
  });

  it.each([
    [`{ name: p99, mannWhitney: { canary: 'p99{', baseline: up } }`, 'analysis.metrics[1].mannWhitney.canary', 'PromQL'],
    [`{ name: p99, mannWhitney: { canary: up, baseline: 'up{a="{{stabel}}"}' } }`, 'analysis.metrics[1].mannWhitney.baseline', /one of/],
    [`{ name: p99, mannWhitney: { ${sides}, confidence: 97% } }`, 'analysis.metrics[1].mannWhitney.confidence', /90%/],
    [`{ name: p99, mannWhitney: { ${sides}, samples: 200 } }`, 'analysis.metrics[1].mannWhitney', /^at least 33m10s of bakes/],
  ])('%s is refused', (metric, path, expected) => {
    const parsed = parse(metric);
    expect(parsed.ok ? [] : parsed.problems[0]).toMatchObject({
      path,
      expected: typeof expected === 'string' ? expected : expect.stringMatching(expected),
    });
  });

  const over = (window: string) => `canary: 'max(rate(a{s="{{canary}}"}[${window}]))', baseline: 'max(rate(a{s="{{stable}}"}[${window}]))'`;
  const beside = (metric: string, more: string) =>
    problemsIn(
      `${withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n${more}  metrics:\n    - successRate\n    - ${metric}\n`)}`,
    );

  it('has as many values as it needs only where its queries have looked back over the canary alone so often', () => {
    const least = 'at least 2m30s of bakes before its first judgement: 10 values, 10s apart, of queries that look back 1m';
    expect(beside(`{ name: p99, mannWhitney: { ${over('1m')} } }`, '')).toMatchObject([
      { path: 'analysis.metrics[1].mannWhitney', found: '2m', expected: least },
    ]);
    expect(beside(`{ name: p99, mannWhitney: { ${over('1m')}, samples: 7 } }`, '')).toEqual([]);
    expect(beside(`{ name: p99, mannWhitney: { ${over('1m')} }, startingStep: 2 }`, '')).toEqual([]);
    expect(beside(`{ name: p99, mannWhitney: { ${over('{{interval}}')} } }`, '  interval: 10s\n')).toEqual([]);
    expect(beside(`{ name: p99, mannWhitney: { ${over('{{interval}}')} } }`, '  interval: 40s\n')[0]).toMatchObject({ found: '2m' });
  });

  it('loses nothing by a warm-up, in which nothing bakes', () => {
    expect(beside(`{ name: p99, mannWhitney: { ${sides} } }`, '  warmUp: 10m\n')).toEqual([]);
    expect(beside(`{ name: p99, mannWhitney: { ${sides} }, initialDelay: 1m }`, '')).toMatchObject([{ found: '1m' }]);
  });

  it('has no more than the least bakes where the pace is by evidence', () => {
    const paced = (minimumBake: string) => [
      ...problemsIn(
        `${withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n  budget: 100\n  metrics:\n    - successRate\n    - { name: p99, mannWhitney: { ${sides} } }\n`)}pace: { evidence: { minimumBake: ${minimumBake} } }\n`,
      ),
    ];
    expect(paced('30s')).toMatchObject([
      { path: 'analysis.metrics[1].mannWhitney', found: '30s', hint: expect.stringContaining('minimumBake') },
    ]);
    expect(paced('90s')).toEqual([]);
  });
});

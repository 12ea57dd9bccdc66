import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { withAnalysis } from './spec-text.ts';

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
    [`{ name: p99, mannWhitney: { ${sides}, samples: 200 } }`, 'analysis.metrics[1].mannWhitney', /^at least 33m20s of bakes/],
  ])('%s is refused', (metric, path, expected) => {
    const parsed = parse(metric);
    expect(parsed.ok ? [] : parsed.problems[0]).toMatchObject({
      path,
      expected: typeof expected === 'string' ? expected : expect.stringMatching(expected),
    });
  });
});

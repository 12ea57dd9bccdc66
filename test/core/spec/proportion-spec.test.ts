import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { usually } from '../rollout/rollout-for-tests.ts';
import { changed, metricsIn, problemsIn, specText, withAnalysis } from './spec-text.ts';

const file = 'rollouts/checkout.yaml';
const withMetrics = (...metrics: readonly string[]) =>
  withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n  metrics:\n${metrics.map((metric) => `    - ${metric}\n`).join('')}`);

describe('metrics that compare the canary with stable', () => {
  it('need no more than a name and an edge', () => {
    expect(metricsIn(withMetrics('successRate', 'latency: { above: 200ms, share: 1% }'))).toEqual([
      {
        name: 'successRate',
        bad: { kind: 'failed' },
        margin: { ratio: 1.2, excess: 0.001 },
        requests: 10,
        baseline: 'stable',
        role: usually,
      },
      {
        name: 'latency',
        bad: { kind: 'slow', aboveMs: 200 },
        margin: { ratio: 1, excess: 0.01 },
        requests: 10,
        baseline: 'stable',
        role: usually,
      },
    ]);
  });

  it('may have margins, names and a least number of requests of their own', () => {
    const [one, other] = metricsIn(
      withMetrics(
        '{ successRate: { margin: { ratio: 2, excess: 0.5% }, requests: 500 }, name: errors }',
        '{ latency: { above: 1.5s }, name: slow }',
      ),
    );
    expect(one).toEqual({
      name: 'errors',
      bad: { kind: 'failed' },
      margin: { ratio: 2, excess: 0.005 },
      requests: 500,
      baseline: 'stable',
      role: usually,
    });
    expect(other).toMatchObject({ name: 'slow', bad: { kind: 'slow', aboveMs: 1500 }, margin: { ratio: 1, excess: 0.01 } });
  });

  it('stand beside queries', () => {
    expect(metricsIn(withMetrics('successRate', '{ name: up, query: up, min: 1 }'))).toMatchObject([
      { name: 'successRate' },
      { query: 'up' },
    ]);
  });

  it.each([
    ['succesRate', 'analysis.metrics[0]', 'did you mean `successRate`?'],
    ['latency: { above: 200, share: 1% }', 'analysis.metrics[0].latency.above', 'did you mean `200ms` or `200s`?'],
    ['latency: { above: 200ms, share: 1 }', 'analysis.metrics[0].latency.share', 'did you mean `1%`?'],
    ['latency: { abov: 200ms }', 'analysis.metrics[0].latency.abov', 'did you mean `above`?'],
    ['{ name: up, qery: up, max: 1 }', 'analysis.metrics[0].qery', 'did you mean `query`?'],
    ['latency: { above: 200ms, share: 0.01 }', 'analysis.metrics[0].latency.share', 'did you mean `1%` or `0.01%`?'],
    ['{ successRate: { objective: 0.999 } }', 'analysis.metrics[0].successRate.objective', 'did you mean `99.9%` or `0.999%`?'],
  ])('%s is refused where it stands, with what was meant', (metric, path, hint) => {
    expect(problemsIn(withMetrics(metric))[0]).toMatchObject({ path, hint });
  });

  it.each(['latency', 'throughput', '5'])('%s alone is no metric, and it is said how one is written', (metric) => {
    expect(problemsIn(withMetrics(metric))).toMatchObject([
      { path: 'analysis.metrics[0]', expected: 'successRate, or a mapping such as `latency: { above: 250ms }`' },
    ]);
  });

  it.each([
    ['latency: { above: 0ms }', 'a time above 0'],
    ['latency: { above: 1s, share: 101% }', 'a percentage of at most 100%'],
    ['successRate: { margin: { ratio: 0.5 } }', 'a number of at least 1'],
    ['successRate: { requests: 0 }', 'a number above 0'],
    ['successRate: { baseline: none }', 'an objective such as 99.9%, for what else is the canary to be held to'],
    ['latency: { above: 1s, objective: 100% }', 'an objective below 100%: at 100% the first bad answer would be one too many'],
  ])('%s is refused: expected %s', (metric, expected) => {
    expect(problemsIn(withMetrics(metric))[0]).toMatchObject({ expected });
  });

  it('say what they count for, and from when on, beside what they are', () => {
    const [one, other] = metricsIn(
      withMetrics(
        '{ successRate: {}, critical: false, startingStep: 2, noData: { hold: 1h, onDeadline: pause } }',
        '{ name: up, query: up, min: 1, initialDelay: 90s, failures: { for: 3m } }',
      ),
    );
    expect(one?.role).toEqual({ ...usually, critical: false, startingStep: 2, noData: { holdSeconds: 3_600, onDeadline: 'pause' } });
    expect(other).toMatchObject({ role: { ...usually, initialDelaySeconds: 90 }, failures: { forSeconds: 180 } });
  });

  it('may hold the canary to an objective, at full weight or at every step', () => {
    const metrics = metricsIn(withMetrics('successRate: { objective: 99.9% }', 'latency: { above: 1s, objective: 95%, baseline: none }'));
    expect(metrics).toMatchObject([
      { allowedAlone: 0.001, baseline: 'stable' },
      { allowedAlone: 0.05, baseline: 'none' },
    ]);
  });

  it('wait for the warm-up of the whole analysis, unless they say how long they wait', () => {
    const metrics = metricsIn(
      withAnalysis(
        'analysis:\n  prometheus:\n    url: http://p:9090\n  warmUp: 1m\n  metrics: [successRate, { name: up, query: up, min: 1, initialDelay: 0s }]\n',
      ),
    );
    expect(metrics.map(({ role }) => role.initialDelaySeconds)).toEqual([60, 0]);
  });

  it('say what a fail does only where it does not roll back', () => {
    const fail = 'fail: { hold: 0s, onDeadline: pause }';
    const [one] = metricsIn(withMetrics(`{ successRate: {}, critical: false, ${fail} }`));
    expect(one?.role.fail).toEqual({ holdSeconds: 0, onDeadline: 'pause' });
    expect(problemsIn(withMetrics(`{ successRate: {}, ${fail} }`))).toMatchObject([
      { path: 'analysis.metrics[0].fail', expected: 'critical: false beside it' },
    ]);
  });

  it.each(['{ successRate: {}, dryRun: true }', '{ successRate: {}, startingStep: 2 }'])('%s alone judges nothing', (metric) => {
    expect(problemsIn(withMetrics(metric))[0]).toMatchObject({ path: 'analysis.metrics' });
    expect(problemsIn(withMetrics(metric, '{ name: up, query: up, min: 1 }'))).toEqual([]);
  });

  it.each([
    ['{ successRate: {}, startingStep: 5 }', 'analysis.metrics[0].startingStep', 'at most 4, the last step'],
    ['{ successRate: {}, initialDelay: 8m }', 'analysis.metrics[0]', 'less than 8m, when the last bake is over'],
  ])('%s is refused: no rollout would ask it', (metric, path, expected) => {
    const curve = withMetrics(metric, '{ name: up, query: up, min: 1 }').replace(
      /steps:\n(?: .*\n)*/,
      'steps: { linear: { by: 30, every: 2m } }\n',
    );
    expect(problemsIn(curve)).toMatchObject([{ path, expected }]);
  });

  it('need a deadline that leaves them their warm-up', () => {
    const late = withMetrics('{ successRate: {}, initialDelay: 23h55m }');
    expect(problemsIn(late)[0]).toMatchObject({
      path: 'deadlines.rollout',
      expected: expect.stringMatching(/, the warm-up, all bakes twice \(each may be in doubt\) and pauses together$/),
    });
  });

  it('need names that differ', () => {
    expect(problemsIn(withMetrics('successRate', 'successRate'))[0]).toMatchObject({
      path: 'analysis.metrics',
      expected: 'names that differ: two are called "successRate", so give one of them a `name`',
    });
  });

  it('are at most ten', () => {
    const latencies = Array.from({ length: 11 }, (_, index) => `{ latency: { above: ${index + 1}ms }, name: l${index} }`);
    expect(problemsIn(withMetrics(...latencies))).toMatchObject([{ code: 'outOfRange', path: 'analysis.metrics', found: '11' }]);
    expect(problemsIn(withMetrics(...latencies.slice(1)))).toEqual([]);
  });

  it.each([
    ['latency: { above: 250ms, share: 99% }', 'latency.share', '99%', 'less than 50%', '1%'],
    ['successRate: { margin: { excess: 99.5% } }', 'successRate.margin.excess', '99.5%', 'less than 50%', '0.5%'],
    ['successRate: { objective: 0.1% }', 'successRate.objective', '0.1%', 'at least 50%', '99.9%'],
    ['latency: { above: 1s, objective: 5% }', 'latency.objective', '5%', 'at least 50%', '95%'],
  ])('%s stands the wrong way round: it would fail nothing', (metric, at, found, expected, meant) => {
    expect(problemsIn(withMetrics(metric))).toMatchObject([
      {
        path: `analysis.metrics[0].${at}`,
        found,
        expected: expect.stringContaining(expected),
        hint: expect.stringContaining(`\`${meant}\``),
      },
    ]);
  });

  it('need a Prometheus', () => {
    expect(problemsIn(withAnalysis('analysis:\n  metrics: [successRate]\n'))[0]).toMatchObject({ path: 'analysis.prometheus' });
  });

  it.each([
    ['routes of connections', withMetrics('successRate').replace('virtualService: checkout', 'virtualService: checkout\n      tcp: {}')],
    ['series of the spec itself', `${withMetrics('successRate')}  telemetry: { stable: 'a', canary: 'b' }\n`],
  ])('are refused with %s, which no mesh tells answers of', (_, text) => {
    expect(problemsIn(text)).toMatchObject([{ code: 'rule', path: 'analysis.metrics[0]', expected: 'a query' }]);
  });

  it.each(['0%', '30%', '1'])('share a false-alarm level that may not be %s', (level) => {
    expect(problemsIn(`${withMetrics('successRate')}  falseAlarmLevel: ${level}\n`)[0]).toMatchObject({ path: 'analysis.falseAlarmLevel' });
  });

  it('are not in a spec that judges by alarms alone', () => {
    expect(metricsIn(changed('checkout-errors', 'checkout-errors', specText))).toEqual([]);
  });
});

describe('a budget, and a pace that goes by it', () => {
  const withPace = (pace: string, analysis: string) =>
    `${withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n${analysis}`)}\npace: ${pace}\n`;

  it.each([
    ['budget: 500', { badAnswers: 500 }],
    ['budget: { share: 2%, objective: 99.9% }', { share: 0.02, objective: 0.999, windowSeconds: 2_592_000 }],
  ])('%s', (budget, expected) => {
    const parsed = parseSpec(withPace('evidence', `  ${budget}\n  metrics: [successRate]\n`), file);
    expect(parsed).toMatchObject({
      ok: true,
      spec: { analysis: { budget: expected }, pace: { kind: 'evidence', minimumBakeSeconds: 30 } },
    });
  });

  it.each([
    ['evidence', '  metrics: [successRate]\n', 'pace', 'a budget to go by'],
    ['{ evidence: { minimumBake: 2s } }', '  budget: 5\n  metrics: [successRate]\n', 'pace', 'at least 10s, the interval'],
    ['fixed', '  budget: 5\n  metrics: [{ name: up, query: up, min: 1 }]\n', 'analysis.budget', 'a metric that counts against it'],
    [
      'fixed',
      '  budget: many\n  metrics: [successRate]\n',
      'analysis.budget',
      'a number of bad answers, or a share of an error budget: { share: 2%, objective: 99.9% }',
    ],
    [
      'fixed',
      '  budget: { share: 0%, objective: 99.9% }\n  metrics: [successRate]\n',
      'analysis.budget.share',
      'a share above 0%: without a budget the first bad answer would be one too many',
    ],
    [
      'fixed',
      '  budget: { share: 2%, objective: 100% }\n  metrics: [successRate]\n',
      'analysis.budget.objective',
      'an objective below 100%: at 100% there is no error budget',
    ],
    [
      'fixed',
      '  budget: { share: 2%, objective: 0.1% }\n  metrics: [successRate]\n',
      'analysis.budget.objective',
      'at least 50%, a share of good answers',
    ],
    [
      'evidence',
      '  budget: 5\n  metrics: [successRate, { latency: { above: 1s, objective: 95%, baseline: none } }]\n',
      'analysis.metrics[1]',
      'a comparison with stable, since the pace is by evidence',
    ],
    ['slow', '  metrics: [successRate]\n', 'pace', 'one of fixed or evidence'],
  ])('pace %s, %j is refused at %s', (pace, analysis, path, expected) => {
    expect(problemsIn(withPace(pace, analysis))[0]).toMatchObject({ path, expected });
  });
});

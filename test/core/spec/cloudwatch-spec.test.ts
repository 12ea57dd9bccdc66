import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricsIn, problemsIn, withAnalysis } from './spec-text.ts';

const withMetrics = (...metrics: readonly string[]) =>
  withAnalysis(`analysis:\n  metrics:\n${metrics.map((metric) => `    - ${metric}\n`).join('')}`);

const series = (name: string) => `{ namespace: Shop/Checkout, name: ${name}, dimensions: { Service: "{{canary}}" }, stat: Sum }`;
const errors = { namespace: 'Shop/Checkout', metricName: 'Errors', dimensions: { Service: '{{canary}}' }, stat: 'Sum' };
const requests = { ...errors, metricName: 'Requests' };
const failures = { consecutive: 2, total: 5 };
const balancer = 'loadBalancer: app/shop/50dc6c495c0c9188';
const group = 'targetGroup: targetgroup/shop-canary/73e2d6bc24d8a067';

describe('metrics of CloudWatch', () => {
  it('are one metric, or an expression over several, and need no Prometheus', () => {
    expect(
      metricsIn(
        withMetrics(
          '{ name: queue, cloudwatch: { metric: { namespace: AWS/SQS, name: ApproximateAgeOfOldestMessage, dimensions: { QueueName: orders }, stat: p99 } }, max: 30 }',
          `{ name: failed, cloudwatch: { expression: "100 * errors / requests", period: 2m, metrics: { errors: ${series('Errors')}, requests: ${series('Requests')} } }, max: 1, failures: { consecutive: 1 } }`,
        ),
      ),
    ).toMatchObject([
      {
        ...{ name: 'queue', max: 30, failures },
        asks: {
          ...{ kind: 'metric', periodSeconds: 60 },
          metric: { namespace: 'AWS/SQS', metricName: 'ApproximateAgeOfOldestMessage', dimensions: { QueueName: 'orders' }, stat: 'p99' },
        },
      },
      {
        ...{ name: 'failed', max: 1, failures: { consecutive: 1, total: 5 } },
        asks: { kind: 'expression', periodSeconds: 120, expression: '100 * errors / requests', metrics: { errors, requests } },
      },
    ]);
  });

  it.each([
    [
      '{ name: a, cloudwatch: { metric: { namespace: A, name: b, stat: p101 } }, max: 1 }',
      'metrics[0].cloudwatch.metric.stat',
      'statistics',
    ],
    [
      '{ name: a, cloudwatch: { metric: { namespace: A, name: b, stat: Sum, period: 90s } }, max: 1 }',
      'metrics[0].cloudwatch.metric.period',
      'full minutes up to 15m',
    ],
    [
      '{ name: a, cloudwatch: { metric: { namespace: A, name: b, stat: Sum, period: 1h } }, max: 1 }',
      'metrics[0].cloudwatch.metric.period',
      'up to 15m',
    ],
    ['{ name: a, cloudwatch: { metric: { namespace: A, name: b, stat: Sum } } }', 'metrics[0].max', 'a threshold'],
    ['{ name: a, cloudwatch: { metric: { namespace: A, name: b, stat: Sum } }, min: 2, max: 1 }', 'metrics[0].min', 'at most max'],
    [
      `{ name: a, cloudwatch: { expression: E, metrics: { E: ${series('Errors')} } }, max: 1 }`,
      'metrics[0].cloudwatch.metrics',
      'lower-case letter',
    ],
    [`{ ${balancer}, measure: latency, stat: Sum, max: 1 }`, 'metrics[0].stat', 'percentile'],
    [`{ ${balancer}, measure: requests, stat: p99, min: 1 }`, 'metrics[0].stat', 'only latency'],
    [`{ ${balancer}, ${group}, measure: saturation, max: 0 }`, 'metrics[0].targetGroup', 'no target group'],
    [`{ ${balancer}, measure: latency, period: 30s, max: 1 }`, 'metrics[0].period', 'full minutes'],
    ['{ loadBalancer: net/shop/50dc6c495c0c9188, measure: latency, max: 1 }', 'metrics[0].loadBalancer', 'Application Load Balancer'],
    [
      `{ ${balancer}, targetGroup: shop-canary, measure: latency, max: 1 }`,
      'metrics[0].targetGroup',
      'the end of the ARN of a target group',
    ],
  ])('are refused where a field is not what it should be: %s', (metric, path, expected) => {
    expect(problemsIn(withMetrics(metric))).toEqual([
      expect.objectContaining({ path: `analysis.${path}`, expected: expect.stringContaining(expected) }),
    ]);
  });

  it.each([
    ['max: 5', 'max', '5', 'below 1', 'did you mean 0.05, which is 5 %?'],
    ['max: 1', 'max', '1', 'below 1', 'did you mean 0.01, which is 1 %?'],
    ['min: 0.99', 'min', '"min: 0.99"', 'max', 'did you mean `max: 0.01`?'],
  ])('are refused where a share of failed requests has %s: it is from 0 to 1, and of what is bad', (bounds, at, found, expected, hint) => {
    expect(problemsIn(withMetrics(`{ ${balancer}, measure: failedShare, ${bounds} }`))).toMatchObject([
      { path: `analysis.metrics[0].${at}`, found, expected: expect.stringContaining(expected), hint: expect.stringContaining(hint) },
    ]);
  });

  it('are as docs/judge.md shows them', () => {
    const page = readFileSync('docs/judge.md', 'utf8').split('## What CloudWatch is asked')[1] ?? '';
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    expect(metricsIn(withAnalysis(example)).map(({ name }) => name)).toEqual([
      'failedShare of the load balancer',
      'oldest order in the queue',
      'payments that fail',
    ]);
  });

  it('need a Prometheus as soon as there is something else to ask', () => {
    const [problem] = problemsIn(withMetrics(`{ ${balancer}, measure: requests, min: 1 }`, 'successRate'));
    expect(problem).toMatchObject({ path: 'analysis.prometheus' });
  });

  it.each([
    ['erors / requests', 'expression', 'erors', 'did you mean `errors`?'],
    ['errors / errors', 'metrics.requests', 'which the expression does not name', 'costs'],
    ['FILL(errors, 0) / FILL(requests, 1)', 'expression', 'only metrics within FILL', 'never silent'],
    ['SUM(METRICS())', 'expression', 'METRICS', 'name the ids'],
    ['SELECT AVG(x) FROM SCHEMA(y)', 'expression', 'SELECT', 'Metrics Insights'],
  ])('are refused where the expression is %s', (expression, at, found, hint) => {
    const metrics = `{ errors: ${series('Errors')}, requests: ${series('Requests')} }`;
    const problems = problemsIn(withMetrics(`{ name: a, cloudwatch: { expression: "${expression}", metrics: ${metrics} }, max: 1 }`));
    expect(problems).toContainEqual(
      expect.objectContaining({
        path: `analysis.metrics[0].cloudwatch.${at}`,
        found: expect.stringContaining(found),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it.each([
    ['FILL(errors, 0) / requests', `errors: ${series('Errors')}, requests: ${series('Requests')}`],
    ["SUM(SEARCH('{Shop,Pod} Errors', 'Sum'))", ''],
  ])('may ask %s', (expression, metrics) => {
    expect(problemsIn(withMetrics(`{ name: a, cloudwatch: { expression: "${expression}", metrics: { ${metrics} } }, max: 1 }`))).toEqual(
      [],
    );
  });

  it('know only the placeholders of names', () => {
    const metric = (value: string) =>
      `{ name: a, cloudwatch: { metric: { namespace: A, name: b, stat: Sum, dimensions: { Service: "${value}", Namespace: "{{namespace}}" } } }, max: 1 }`;
    expect(problemsIn(withMetrics(metric('{{ stable }}/x')))).toEqual([]);
    expect(problemsIn(withMetrics(metric('{{canry}}')))).toMatchObject([
      { code: 'placeholder', path: 'analysis.metrics[0].cloudwatch.metric.dimensions.Service', hint: 'did you mean `canary`?' },
    ]);
    expect(problemsIn(withMetrics(metric('{{interval}}')))).toMatchObject([{ code: 'placeholder', found: '"{{interval}}"' }]);
  });

  it('are refused where no hold is long enough for a first datapoint', () => {
    const text = withMetrics(`{ ${balancer}, measure: requests, period: 5m, min: 1 }`);
    expect(problemsIn(text)).toMatchObject([
      {
        path: 'analysis.metrics[0]',
        expected: 'a hold of at least 10m10s, two periods and an interval',
        hint: expect.stringContaining('policies.noData.hold'),
      },
    ]);
    expect(problemsIn(`${text}\npolicies: { noData: { hold: 15m } }\n`)).toEqual([]);
    expect(problemsIn(text.replace('min: 1 }', 'min: 1, noData: { hold: 15m } }'))).toEqual([]);
  });
});

describe('what a load balancer counts', () => {
  const asks = (metric: string) => metricsIn(withMetrics(metric)).map((each) => ('asks' in each ? each.asks : undefined))[0];
  const inAll = { namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/shop/50dc6c495c0c9188' }, stat: 'Sum' };
  const inGroup = { ...inAll, dimensions: { ...inAll.dimensions, TargetGroup: 'targetgroup/shop-canary/73e2d6bc24d8a067' } };

  it('is asked by the names that AWS documents', () => {
    expect(asks(`{ ${balancer}, ${group}, measure: failedShare, max: 0.01 }`)).toEqual({
      ...{ kind: 'share', periodSeconds: 60, of: { ...inGroup, metricName: 'RequestCount' } },
      counted: [
        { ...inGroup, metricName: 'HTTPCode_Target_5XX_Count' },
        { ...inGroup, metricName: 'TargetConnectionErrorCount' },
      ],
    });
    expect(asks(`{ ${balancer}, measure: failedShare, max: 0.01 }`)).toMatchObject({
      counted: [
        { ...inAll, metricName: 'HTTPCode_Target_5XX_Count' },
        { ...inAll, metricName: 'HTTPCode_ELB_5XX_Count' },
      ],
    });
    expect(asks(`{ ${balancer}, measure: saturation, max: 0 }`)).toMatchObject({
      ...{ kind: 'share', counted: [{ ...inAll, metricName: 'RejectedConnectionCount' }] },
    });
    expect(asks(`{ ${balancer}, ${group}, measure: latency, max: 0.3 }`)).toMatchObject({
      ...{ kind: 'metric', metric: { ...inGroup, metricName: 'TargetResponseTime', stat: 'p99' } },
    });
    expect(asks(`{ ${balancer}, measure: requests, min: 10, period: 2m }`)).toMatchObject({
      ...{ kind: 'count', periodSeconds: 120, metric: { ...inAll, metricName: 'RequestCount' } },
    });
  });

  it('has a role like any other metric', () => {
    const [metric] = metricsIn(
      withMetrics(`{ ${balancer}, measure: requests, min: 1, critical: false, initialDelay: 2m, failures: { for: 3m } }`),
    );
    expect(metric).toMatchObject({ failures: { forSeconds: 180 }, role: { critical: false, initialDelaySeconds: 120 } });
  });

  it('has a name of its own where it is given none', () => {
    expect(
      metricsIn(
        withMetrics(`{ ${balancer}, measure: latency, max: 1 }`, `{ ${balancer}, measure: latency, stat: p50, max: 1, name: median }`),
      ).map(({ name }) => name),
    ).toEqual(['latency of the load balancer', 'median']);
  });
});

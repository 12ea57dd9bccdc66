import type { AwsJsonApi } from '../../adapters/aws/json-api.ts';
import type { MetricDataQuery } from '../../adapters/metrics/metric-data-queries.ts';
import { createMetricDataApi } from '../../sandbox/cloudwatch/metric-data-api.ts';
import { MetricStore } from '../../sandbox/cloudwatch/metric-store.ts';
import { createDraw } from '../bench/judge/draw.ts';
import { seededRandom } from '../seeded-random.ts';

export const loadBalancer = 'app/shop/50dc6c495c0c9188';
const dimensions = { LoadBalancer: loadBalancer };

/** What a load balancer writes to CloudWatch, a sample for each ten seconds. */
export interface SimulatedLoadBalancer {
  readonly seed: number;
  readonly fromMs: number;
  readonly pastSeconds: number;
  readonly forSeconds: number;
  /** None for so many seconds after the beginning where it is 0. */
  readonly requestsPerSecond: (afterSeconds: number) => number;
  readonly failing: (afterSeconds: number) => number;
  readonly latencySeconds: (afterSeconds: number) => number;
}

const every = 10;

/** AWS publishes no zeros: where there are no requests, and where none has failed, there is no datapoint. */
export function writtenMetrics(service: SimulatedLoadBalancer): MetricStore {
  const metrics = new MetricStore();
  metrics.keepAtLeast(30 * 86_400_000);
  const draw = createDraw(seededRandom(service.seed));
  const write = (metricName: string, value: number, atMs: number) =>
    metrics.record({ namespace: 'AWS/ApplicationELB', metricName, dimensions, value, atMs });
  for (let after = -service.pastSeconds; after <= service.forSeconds; after += every) {
    const atMs = service.fromMs + after * 1000;
    const requests = draw.poisson(service.requestsPerSecond(after) * every);
    const failed = draw.binomial(requests, service.failing(after));
    if (requests === 0) continue;
    write('RequestCount', requests, atMs);
    write('TargetResponseTime', service.latencySeconds(after), atMs);
    if (failed > 0) write('HTTPCode_Target_5XX_Count', failed, atMs);
  }
  return metrics;
}

/** CloudWatch as somebody sees it who reads it now: all that was ever written. */
export function cloudWatchOf(metrics: MetricStore): AwsJsonApi {
  return createMetricDataApi({ metrics, isDown: () => false });
}

/** The same as a rollout sees it: a datapoint is published a period after its end. */
export function lateCloudWatchOf(metrics: MetricStore, { now }: { readonly now: () => number }): AwsJsonApi {
  const call = cloudWatchOf(metrics);
  return async (operation, input) => {
    const queries = input['MetricDataQueries'] as readonly MetricDataQuery[];
    const results = new Map<string, unknown>();
    for (const periodSeconds of new Set(queries.map(periodOf))) {
      const publishedSeconds = Math.floor(now() / 1000 / periodSeconds) * periodSeconds - periodSeconds;
      const MetricDataQueries = queries.filter((each) => periodOf(each) === periodSeconds);
      const answer = await call(operation, { ...input, MetricDataQueries, EndTime: Math.min(Number(input['EndTime']), publishedSeconds) });
      if (answer.status === 'failed') return answer;
      for (const result of (answer.output as { MetricDataResults: { Id: string }[] }).MetricDataResults) results.set(result.Id, result);
    }
    return { status: 'ok', output: { MetricDataResults: [...results.values()], Messages: [] } };
  };
}

function periodOf({ Period, MetricStat }: MetricDataQuery): number {
  return Period ?? MetricStat?.Period ?? 60;
}

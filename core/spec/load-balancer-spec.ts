import * as z from 'zod/mini';
import type { CloudWatchQuestion, CloudWatchSeries } from '../metric-ports.ts';
import { duration } from './duration.ts';
import { hasOrder, hasThreshold, metricName, thresholds } from './query-spec.ts';

/**
 * What an Application Load Balancer counts, by names that a spec need not know. It reports each minute, and only what is above 0: no series of
 * failures is a healthy service, while no series of requests is no data.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */

const measures = ['failedShare', 'latency', 'requests', 'saturation'] as const;

const loadBalancer = z.string().check(
  z.regex(/^app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}$/, {
    error: 'the end of the ARN of an Application Load Balancer: app/shop/50dc6c495c0c9188',
  }),
  z.describe('The end of its ARN: app/shop/50dc6c495c0c9188'),
);

const targetGroup = z.string().check(
  z.regex(/^targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}$/, {
    error: 'the end of the ARN of a target group: targetgroup/shop-canary/73e2d6bc24d8a067',
  }),
  z.describe("The end of the ARN of the canary's target group. Left out: all that the load balancer answers"),
);

export const loadBalancerSource = z
  .strictObject({
    loadBalancer,
    targetGroup: z.optional(targetGroup),
    measure: z
      .enum(measures)
      .check(
        z.describe(
          'failedShare: of the answers, from 0 to 1, are 5xx. latency: in seconds. requests: of a period. saturation: connections rejected per request',
        ),
      ),
    stat: z.optional(
      z.string().check(
        z.regex(/^(Average|Maximum|(p|tm)(\d{1,2}(\.\d{1,10})?|100))$/, {
          error: 'Average, Maximum, or a percentile such as p99 or tm90',
        }),
        z.describe('Of latency: p99 where left out'),
      ),
    ),
    period: z
      .prefault(duration.check(z.describe('What one datapoint stands for')), '60s')
      .check(z.refine((seconds) => seconds > 0 && seconds % 60 === 0 && seconds <= 900, { error: 'full minutes, up to 15m' })),
    name: z.optional(metricName),
    ...thresholds,
  })
  .check(
    hasThreshold,
    hasOrder,
    z.refine(({ stat, measure }) => stat === undefined || measure === 'latency', {
      error: 'no stat beside this measure: only latency has a choice',
      path: ['stat'],
    }),
    z.refine((m) => m.targetGroup === undefined || m.measure !== 'saturation', {
      error: 'no target group beside saturation: connections are rejected before one is chosen',
      path: ['targetGroup'],
    }),
  );

interface LoadBalancerMeasure {
  readonly loadBalancer: string;
  readonly targetGroup?: string | undefined;
  readonly measure: (typeof measures)[number];
  readonly stat?: string | undefined;
  readonly periodSeconds: number;
}

const failures = 'HTTPCode_Target_5XX_Count';

/** Whether it asks for a share of failed requests. */
export function isFailedShare(asks: CloudWatchQuestion): boolean {
  return asks.kind === 'share' && asks.counted.some(({ metricName }) => metricName === failures);
}

/**
 * A request that could not be brought to a target of the group is a failure of the group; the load balancer's own 5xx, which no group is charged
 * with, count where the whole of it is judged.
 */
export function toLoadBalancerQuestion(source: LoadBalancerMeasure): CloudWatchQuestion {
  const { measure, stat = 'p99', periodSeconds } = source;
  const dimensions = {
    LoadBalancer: source.loadBalancer,
    ...(source.targetGroup === undefined ? {} : { TargetGroup: source.targetGroup }),
  };
  const sum = (metricName: string): CloudWatchSeries => ({ namespace: 'AWS/ApplicationELB', metricName, dimensions, stat: 'Sum' });
  const requests = sum('RequestCount');
  switch (measure) {
    case 'failedShare': {
      const ofNobody = sum(source.targetGroup === undefined ? 'HTTPCode_ELB_5XX_Count' : 'TargetConnectionErrorCount');
      return { kind: 'share', periodSeconds, counted: [sum(failures), ofNobody], of: requests };
    }
    case 'saturation':
      return { kind: 'share', periodSeconds, counted: [sum('RejectedConnectionCount')], of: requests };
    case 'requests':
      return { kind: 'count', periodSeconds, metric: requests };
    case 'latency':
      return { kind: 'metric', periodSeconds, metric: { ...sum('TargetResponseTime'), stat }, isDocumented: true };
  }
}

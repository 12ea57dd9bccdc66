import { stringify } from 'yaml';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';

/** One service, checkout, in version v1. */
export const usualServices: SandboxOptions['services'] = [
  { name: 'checkout', namespace: 'shop', replicas: 4, tag: 'v1', virtualService: 'shop', pathPrefix: '/', autoscalerMinReplicas: 2 },
];

const errors = 'istio_requests_total{destination_service_name="{{canary}}",response_code=~"5.."}';
const all = 'istio_requests_total{destination_service_name="{{canary}}"}';
const bucket = 'istio_request_duration_milliseconds_bucket{destination_service_name="{{canary}}"}';

/** The spec that scenarios start from: 10, 50 and 100, ten seconds each, judged every second. */
export function usualSpec(service: SandboxOptions['services'][number], repository: string): RolloutSpecSource {
  return {
    name: service.name,
    cluster: 'sandbox',
    namespace: service.namespace,
    workload: { deployment: service.name, container: service.name },
    image: { repository, tags: ['v*'] },
    router: { kind: 'istio', routes: [{ virtualService: service.virtualService, http: service.name }] },
    steps: [
      { weight: 10, bake: '10s' },
      { weight: 50, bake: '10s' },
      { weight: 100, bake: '10s' },
    ],
    analysis: {
      interval: '1s',
      prometheus: { url: 'http://prometheus.monitoring:9090' },
      metrics: [
        {
          name: 'success rate',
          query: `1 - (sum(rate(${errors}[10s])) or vector(0)) / sum(rate(${all}[10s]))`,
          min: 0.95,
          failures: { consecutive: 3, total: 10 },
        },
        {
          name: 'latency p99 in milliseconds',
          query: `histogram_quantile(0.99, sum by (le) (rate(${bucket}[10s])))`,
          max: 500,
          failures: { consecutive: 3, total: 10 },
        },
      ],
      alarms: [`${service.name}-errors`],
    },
    policies: { noData: { hold: '20s' }, sourceDown: { hold: '20s' } },
    deadlines: { ready: '60s', drain: '2s', rollout: '10m' },
  };
}

/** The alarm of a service's canary: more than 5 % of its answers in ten seconds are 5xx. */
export function putUsualAlarm(sandbox: Sandbox, service: string): void {
  const metric = (metricName: string) => ({
    namespace: 'Sandbox/Mesh',
    metricName,
    dimensions: { Service: `${service}-canary` },
  });
  sandbox.cloudWatch.putMetricAlarm({
    alarmName: `${service}-errors`,
    metrics: [
      { id: 'rate', expression: '100*errors/requests' },
      { id: 'errors', metricStat: { ...metric('Errors'), stat: 'Sum', periodSeconds: 10 } },
      { id: 'requests', metricStat: { ...metric('Requests'), stat: 'Sum', periodSeconds: 10 } },
    ],
    evaluationPeriods: 1,
    threshold: 5,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData: 'notBreaching',
    evaluateEveryMs: 1000,
  });
}

export function specText(source: RolloutSpecSource): string {
  return stringify(source);
}

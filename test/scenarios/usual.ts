import { stringify } from 'yaml';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { sidesOf } from '../../sandbox/service-objects.ts';

type Service = SandboxOptions['services'][number];

/** One service, checkout, in version v1. */
export const usualServices: SandboxOptions['services'] = [
  { name: 'checkout', namespace: 'shop', replicas: 4, tag: 'v1', virtualService: 'shop', pathPrefix: '/', autoscalerMinReplicas: 2 },
];

/** How series of Istio's metrics name the canary: in subset mode its Service is stable's too. */
function canarySelector({ name, mesh }: Pick<Service, 'name' | 'mesh'>): string {
  if (mesh === 'istioSubsets') return `destination_service_name="${sidesOf(name)}",destination_workload="{{canary}}"`;
  return 'destination_service_name="{{canary}}"';
}

function routerOf({ name, mesh, virtualService }: Service): RolloutSpecSource['router'] {
  if (mesh === 'gatewayApi') return { kind: 'gatewayApi', routes: [{ httpRoute: virtualService, rule: name }] };
  const routes = [{ virtualService, http: name }];
  return { kind: 'istio', routes, ...(mesh === 'istioSubsets' ? { subsets: { host: sidesOf(name) } } : {}) };
}

/** The spec that scenarios start from: 10, 50 and 100, ten seconds each, judged every second. */
export function usualSpec(service: Service, repository: string): RolloutSpecSource {
  const canary = canarySelector(service);
  const all = `istio_requests_total{${canary}}`;
  const errors = `istio_requests_total{${canary},response_code=~"5.."}`;
  const bucket = `istio_request_duration_milliseconds_bucket{${canary}}`;
  return {
    name: service.name,
    cluster: 'sandbox',
    namespace: service.namespace,
    workload: { deployment: service.name, container: service.name },
    image: { repository, tags: ['v*'] },
    router: routerOf(service),
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
export function putUsualAlarm(sandbox: Sandbox, service: string, mesh?: Service['mesh']): void {
  const dimensions: Record<string, string> =
    mesh === 'istioSubsets' ? { Service: sidesOf(service), Subset: 'canary' } : { Service: `${service}-canary` };
  const metric = (metricName: string) => ({ namespace: 'Sandbox/Mesh', metricName, dimensions });
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

type MetricSource = NonNullable<RolloutSpecSource['analysis']['metrics']>[number];
type QuerySource = Extract<MetricSource, { readonly query: string }>;

export function isQuerySource(metric: MetricSource): metric is QuerySource {
  return typeof metric === 'object' && 'query' in metric;
}

/** A spec's metrics, with a change to those that are queries. */
export function changeQueries(
  metrics: RolloutSpecSource['analysis']['metrics'],
  change: (metric: QuerySource) => QuerySource,
): MetricSource[] {
  return (metrics ?? []).map((metric) => (isQuerySource(metric) ? change(metric) : metric));
}

export function specText(source: RolloutSpecSource): string {
  return stringify(source);
}

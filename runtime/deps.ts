import type { SecretSource } from '../adapters/secrets/secrets-manager.ts';
import type { AlarmSource, CloudWatchMetrics, MetricProvider } from '../core/metric-ports.ts';
import type { Clock, ClusterAccess, EventSink, Executions, ImageRegistry, RolloutStore } from '../core/ports.ts';
import type { Log } from './log.ts';

/** Everything that functions may ask for. Each names what it uses, so that its bundle holds no more than that. */
export interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: RolloutStore;
  /** Opens a cluster whose endpoint is known: a door needs no more. */
  readonly clusters: Pick<ClusterAccess, 'open'>;
  /** Asks EKS where a cluster is. */
  readonly clusterFinder: Pick<ClusterAccess, 'find'>;
  readonly executions: Executions;
  readonly images: ImageRegistry;
  readonly events: EventSink;
  readonly alarms: AlarmSource;
  readonly cloudWatch: CloudWatchMetrics;
  readonly prometheus: PrometheusFactory;
  /** What callers of the webhook have to know. */
  readonly webhookSecret: SecretSource;
}

/** A spec names its own Prometheus, so metrics and alerts are opened per rollout. */
export type PrometheusFactory = (url: string) => { readonly metrics: MetricProvider; readonly alerts: AlarmSource };

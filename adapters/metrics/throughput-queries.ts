import type { ThroughputSpec } from '../../core/spec/throughput-spec.ts';
import { answerViews } from './answer-queries.ts';
import { shareViews } from './share-queries.ts';
import type { ShareNames } from './side-labels.ts';

/** Selectors of counters of what each side answered, or of what the spec says that counts its requests. */
interface Counters {
  readonly stable: readonly string[];
  readonly canary: readonly string[];
}

/**
 * One query for the requests that are answered in a second. Of the ways in which a mesh counts, the first that counts any in the window tells,
 * for both sides; where none does, there is no answer: neither 0 nor a pass. A way that knows one side alone tells of that side.
 *
 * As in `answerViews`, Istio's proxy of the caller counts a request once of which it retries parts. Linkerd's and Consul's count each try.
 *
 * @example throughputQuery({ kind: 'consul', … }, { throughputOf: 'canary', windowSeconds: 60 })
 *   // sum(rate(envoy_cluster_upstream_rq_xx{consul_destination_service="shop",consul_destination_service_subset="canary"}[60s])) > 0
 */
export function throughputQuery(
  names: ShareNames,
  { throughputOf, windowSeconds }: Pick<ThroughputSpec, 'throughputOf' | 'windowSeconds'>,
): string {
  const perSecond = (counters: readonly string[]) => counters.map((each) => `sum(rate(${each}[${windowSeconds}s]))`).join(' + ');
  const sums = countersOf(names).flatMap(({ stable, canary }) => {
    if (throughputOf === 'canary') return [perSecond(canary)];
    return [perSecond([...stable, ...canary]), perSecond(stable), perSecond(canary)];
  });
  return sums.map((sum) => `${sum} > 0`).join(' or ');
}

function countersOf(names: ShareNames): readonly Counters[] {
  if (typeof names.telemetry === 'object') {
    return shareViews(names).map(({ stable, canary }) => ({ stable: [stable], canary: [canary] }));
  }
  return answerViews(names, { kind: 'failed' }).map(({ stable, canary }) => ({ stable: stable.all, canary: canary.all }));
}

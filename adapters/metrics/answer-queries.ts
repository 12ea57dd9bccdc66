import type { BadAnswer } from '../../core/spec/proportion-spec.ts';
import { growthQuery, oldestScrapeQuery } from './share-queries.ts';
import type { ShareNames } from './side-labels.ts';
import {
  consulLabels,
  istioLabels,
  istioReporters,
  type Labels,
  type LabelsOf,
  linkerdLabels,
  type Side,
  selector,
} from './side-labels.ts';

/** Selectors of counters whose sum is a number of answers. */
type Counters = readonly string[];

/** One side's answers: all, and either the bad ones or the good ones. */
interface SideCounters {
  readonly all: Counters;
  readonly bad: { readonly counters: Counters } | { readonly allBut: Counters };
}

/** One way in which answers of both sides may be counted. */
export interface AnswerView {
  readonly name: string;
  readonly stable: SideCounters;
  readonly canary: SideCounters;
  /** What is counted as bad, in words. */
  readonly badMeans: string;
}

/** Upper bounds of the meshes' histograms in milliseconds, which nobody has changed in most of them. */
const envoyBoundsMs = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
];
const linkerdBoundsMs = [
  1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1000, 2000, 3000, 4000, 5000, 10_000, 20_000, 30_000, 40_000, 50_000,
];

/**
 * The ways in which a mesh counts answers, the best first; only one is used for both sides. Retries of a proxy are one answer each where the caller's
 * proxy counts, as they are for the caller.
 *
 * A failed answer is a 5xx, or of gRPC a status that OpenTelemetry calls an error of the server: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL,
 * UNAVAILABLE, DATA_LOSS (https://opentelemetry.io/docs/specs/semconv/rpc/grpc/). Linkerd classifies them by itself. Sources:
 * https://istio.io/latest/docs/reference/config/metrics/, https://linkerd.io/2/reference/proxy-metrics/,
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 *
 * @param mirrored The canary gets copies, which the proxies that send them do not count.
 */
export function answerViews(names: ShareNames, bad: BadAnswer, mirrored = false): AnswerView[] {
  if (names.connections) return [];
  switch (names.kind) {
    case 'istio':
    case 'gatewayApi':
      return istioReporters.map((reporter) => {
        const view = istioView(names, reporter, bad);
        return mirrored ? { ...view, canary: istioView(names, 'destination', bad).canary } : view;
      });
    case 'linkerd':
      return [linkerdView(names, bad)];
    case 'consul':
      return [consulView(names, bad)];
  }
}

/** By how much answers have grown in the last so many milliseconds: all and bad ones. */
export function answerQueries({ all, bad }: SideCounters, forMs: number): { readonly all: string; readonly bad: string } {
  const growthOf = (counters: Counters) => counters.map((each) => `(${growthQuery(each, forMs)})`).join(' + ');
  return { all: growthOf(all), bad: 'counters' in bad ? growthOf(bad.counters) : `${growthOf(all)} - (${growthOf(bad.allBut)})` };
}

/**
 * The same query, which is answered only where anything of these counters was known so long ago. A Prometheus that has lost what it knew finds all counters
 * new, with all that proxies have counted since they were started, of canaries before this one too.
 */
export function whereKnown(query: string, { stable, canary }: AnswerView, agoMs: number): string {
  const known = [...stable.all, ...canary.all].map((each) => `${each} offset ${agoMs}ms`).join(' or ');
  return `(${query}) and on () group(${known})`;
}

/** The queries that a recording holds the answers to: raw counters, each series by itself. */
export interface RecordedQueries {
  readonly canary: SideQueries;
  readonly stable: SideQueries;
  readonly scraped: string;
}

/** Of one side: all answers, and either the bad or the good ones. */
export interface SideQueries {
  readonly all: string;
  readonly bad?: string;
  readonly good?: string;
}

export function recordedQueries(view: AnswerView): RecordedQueries {
  const sideOf = ({ all, bad }: SideCounters): SideQueries => {
    return { all: all.join(' or '), ...('counters' in bad ? { bad: bad.counters.join(' or ') } : { good: bad.allBut.join(' or ') }) };
  };
  return { canary: sideOf(view.canary), stable: sideOf(view.stable), scraped: oldestAnswerQuery(view) };
}

/** When the counters that were scraped least lately were scraped, in seconds; no answer where nothing was counted on either side. */
export function oldestAnswerQuery({ stable, canary }: AnswerView): string {
  return oldestScrapeQuery([...stable.all, ...canary.all]);
}

const grpcErrors = '2|4|12|13|14|15';

function istioView(names: ShareNames, reporter: string, bad: BadAnswer): AnswerView {
  const labels = istioLabels(names, reporter);
  if (bad.kind === 'slow') return slowView(reporter, 'istio_request_duration_milliseconds_bucket', labels, bad.aboveMs, envoyBoundsMs);
  const counters = (side: Side): SideCounters => ({
    all: [selector('istio_requests_total', labels(side))],
    bad: {
      counters: [
        selector('istio_requests_total', labels(side), 'response_code=~"5.."'),
        selector('istio_requests_total', labels(side), `response_code!~"5..",grpc_response_status=~"${grpcErrors}"`),
      ],
    },
  });
  return { name: reporter, badMeans: 'failed', stable: counters('stable'), canary: counters('canary') };
}

function linkerdView(names: ShareNames, bad: BadAnswer): AnswerView {
  const labels = linkerdLabels(names);
  if (bad.kind === 'slow') return slowView('linkerd', 'response_latency_ms_bucket', labels, bad.aboveMs, linkerdBoundsMs);
  return failedView('linkerd', 'response_total', labels, { classification: 'failure' });
}

function consulView(names: ShareNames, bad: BadAnswer): AnswerView {
  const labels = consulLabels(names);
  if (bad.kind === 'slow') return slowView('envoy', 'envoy_cluster_upstream_rq_time_bucket', labels, bad.aboveMs, envoyBoundsMs);
  return failedView('envoy', 'envoy_cluster_upstream_rq_xx', labels, { envoy_response_code_class: '5' });
}

/** Where one label more tells the failed answers of a counter. */
function failedView(name: string, metric: string, labels: LabelsOf, failed: Labels): AnswerView {
  const counters = (side: Side): SideCounters => ({
    all: [selector(metric, labels(side))],
    bad: { counters: [selector(metric, { ...labels(side), ...failed })] },
  });
  return { name, badMeans: 'failed', stable: counters('stable'), canary: counters('canary') };
}

/** A histogram counts what took no longer than each of its bounds, so the edge is the next of them. */
function slowView(name: string, metric: string, labels: LabelsOf, aboveMs: number, boundsMs: readonly number[]): AnswerView {
  const edgeMs = boundsMs.find((bound) => bound >= aboveMs) ?? boundsMs[boundsMs.length - 1] ?? aboveMs;
  const counters = (side: Side): SideCounters => ({
    all: [selector(metric, labels(side), 'le="+Inf"')],
    // Prometheus 3 writes whole numbers as 250.0.
    bad: { allBut: [selector(metric, labels(side), `le=~"${String(edgeMs).replace('.', '[.]')}([.]0)?"`)] },
  });
  return { name, badMeans: `took longer than ${edgeMs} ms`, stable: counters('stable'), canary: counters('canary') };
}

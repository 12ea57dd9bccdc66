import { growthQuery, oldestScrapeQuery, type ShareView, shareViews } from '../../adapters/metrics/share-queries.ts';
import type { ShareNames } from '../../adapters/metrics/side-labels.ts';
import type { Measurement, MetricProvider } from '../../core/metric-ports.ts';
import { longestGapMs } from '../../core/rollout/answer-look.ts';
import type { ShareWatch } from '../../core/rollout/share-record.ts';
import type { MeasuredSpec, ShareLook } from '../../core/rollout/share-watch.ts';
import { isOfConnections } from '../../core/spec/router-spec.ts';
import type { SideCounts } from '../../core/traffic/measured-share.ts';
import { settleMs } from '../../core/traffic/settle-seconds.ts';
import type { Deps } from '../deps.ts';
import type { OpenRollout } from './open-rollout.ts';

/**
 * One look at how many requests reached each side since the step's weight took effect. A count begins when every series has been scraped since
 * then; it is continued from look to look. Undefined where nothing is left to measure.
 */
export async function measureShare(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'target' | 'names'>,
  share: ShareWatch | undefined,
): Promise<ShareLook | undefined> {
  const { prometheus } = open.spec.analysis;
  if (share === undefined || prometheus === undefined || share.state === 'agrees' || share.state === 'unmeasured') return undefined;
  const { metrics } = deps.prometheus(prometheus.url);
  const views = shareViews(shareNamesOf(open));
  const counted = views.find(({ name }) => name === share.view);
  if (counted === undefined || share.countedUntilMs === undefined) return findBeginning(metrics, views, share.setAtMs + settleMs);
  const forMs = Math.round(deps.clock.now() - share.countedUntilMs);
  if (forMs < 1) return { status: 'nothing', why: share.why };
  const growth = await measureGrowth(metrics, counted, forMs);
  if ('why' in growth) return { status: 'nothing', why: growth.why };
  const { atMs, counts } = growth;
  return forMs > longestGapMs ? { status: 'begins', atMs, view: counted.name } : { status: 'counted', atMs, counts };
}

async function findBeginning(metrics: MetricProvider, views: readonly ShareView[], fromMs: number): Promise<ShareLook> {
  const found = await findView(metrics, views);
  if ('why' in found) return { status: 'nothing', why: found.why };
  if (found.scrapedAtMs < fromMs) return { status: 'nothing', why: 'Its counters were not scraped yet since the weight took effect.' };
  return { status: 'begins', atMs: found.atMs, view: found.view.name };
}

/** The first of the series that count anything, and when all of them had been scraped; or why there are none. */
export async function findView(
  metrics: MetricProvider,
  views: readonly ShareView[],
): Promise<{ readonly view: ShareView; readonly scrapedAtMs: number; readonly atMs: number } | { readonly why: string }> {
  const answers = await metrics.measure(views.map((view) => ({ name: view.name, query: oldestScrapeQuery([view.stable, view.canary]) })));
  for (const [index, answer] of answers.entries()) {
    const view = views[index];
    if (answer.status === 'value' && view !== undefined) return { view, scrapedAtMs: answer.value * 1000, atMs: answer.atMs };
  }
  return { why: whyOf(...answers) };
}

/** By how much the counters of both sides have grown in the last so many milliseconds, or why that is not known. */
export async function measureGrowth(
  metrics: MetricProvider,
  view: ShareView,
  forMs: number,
): Promise<{ readonly counts: SideCounts; readonly atMs: number } | { readonly why: string }> {
  const [stable, canary] = await metrics.measure([
    { name: 'requests to stable', query: growthQuery(view.stable, forMs) },
    { name: 'requests to the canary', query: growthQuery(view.canary, forMs) },
  ]);
  if (stable?.status !== 'value' || canary?.status !== 'value') return { why: whyOf(stable, canary) };
  return { counts: { stable: stable.value, canary: canary.value }, atMs: canary.atMs };
}

function whyOf(...answers: readonly (Measurement | undefined)[]): string {
  const down = answers.find((answer) => answer?.status === 'unavailable') ?? answers.find((answer) => answer?.status === 'noData');
  if (down?.status === 'unavailable') return down.why;
  return `Prometheus has no count of requests to either side: ${down?.status === 'noData' ? down.why : 'it left out an answer.'}`;
}

/** What the series of a rollout's two sides are told apart by. */
export function shareNamesOf({ spec, target, names }: Pick<OpenRollout, 'spec' | 'target' | 'names'>): ShareNames {
  const { analysis }: MeasuredSpec = spec;
  return {
    kind: spec.router.kind,
    namespace: target.namespace,
    stableService: target.stableService,
    canaryService: target.canaryService,
    stableDeployment: names.deployment,
    canaryDeployment: names.canaryDeployment,
    subsets: target.subsets,
    connections: target.routes.every(isOfConnections),
    telemetry: analysis.telemetry,
  };
}

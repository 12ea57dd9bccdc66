import { shareViews } from '../../adapters/metrics/share-queries.ts';
import { settleMs } from '../../core/traffic/settle-seconds.ts';
import type { Side } from '../../core/traffic/split.ts';
import type { Deps } from '../deps.ts';
import { findView, measureGrowth, shareNamesOf } from './measure-share.ts';
import type { OpenRollout } from './open-rollout.ts';

const lookEveryMs = 1_000;

/**
 * Watches by the requests that are counted whether a side from which all traffic was taken is left alone, for a bounded time. Where some still
 * arrive, the route is written once more. Returns what was seen, as a sentence; undefined where nothing can be, because no source counts requests
 * or none was sent. Never throws for what the source answers: a rollback that the routes confirm does not wait for a measurement (T2).
 *
 * @param forMs No longer than this, and not at all where it is too short to learn anything.
 */
export async function verifyDrained(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'target' | 'names'>,
  { from, forMs, again }: { readonly from: Side; readonly forMs: number; readonly again: () => Promise<unknown> },
): Promise<string | undefined> {
  const { prometheus } = open.spec.analysis;
  if (prometheus === undefined || forMs < settleMs + 2 * lookEveryMs) return undefined;
  const { metrics } = deps.prometheus(prometheus.url);
  const views = shareViews(shareNamesOf(open));
  const untilMs = deps.clock.now() + forMs;
  let newerThanMs = deps.clock.now() + settleMs;
  let countsFromMs: number | undefined;
  let seen: string | undefined;
  while (deps.clock.now() < untilMs) {
    const found = await findView(metrics, views);
    if ('why' in found) return seen;
    if (found.scrapedAtMs >= newerThanMs) {
      if (countsFromMs !== undefined) {
        const growth = await measureGrowth(metrics, found.view, Math.max(1, Math.round(found.atMs - countsFromMs)));
        if ('why' in growth) return seen;
        const total = growth.counts.stable + growth.counts.canary;
        if (total > 0 && growth.counts[from] === 0) return `None of ${Math.round(total)} requests reached ${from} since.`;
        if (total > 0 && seen === undefined) await again();
        if (total > 0)
          seen = `${Math.round(growth.counts[from])} of ${Math.round(total)} requests still ended on ${from}; long ones may have begun before.`;
      }
      countsFromMs = found.atMs;
      newerThanMs = found.atMs + 1;
    }
    await deps.clock.sleep(Math.min(lookEveryMs, untilMs - deps.clock.now()));
  }
  return seen;
}

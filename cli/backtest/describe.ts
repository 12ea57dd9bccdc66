import type { Backtest } from '../../core/backtest/backtest.ts';
import type { BacktestEvent } from '../../core/backtest/events.ts';

/** A backtest as data, with every look. Times are of UTC, and in seconds from the beginning. */
export function describeBacktest(of: Backtest): unknown {
  const { rollout, fromMs, toMs, intervalSeconds, end, comparisons, requestShare, notes, events, looks } = of;
  const when = (atMs: number) => ({ at: new Date(atMs).toISOString(), afterSeconds: (atMs - fromMs) / 1000 });
  const { atMs: endMs, ...ended } = end;
  return {
    rollout,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    intervalSeconds,
    end: { ...ended, ...when(endMs) },
    requestShare,
    costs: comparisons.map(({ proportion, badMeans, untilDecided, inAll }) => ({ metric: proportion.name, badMeans, untilDecided, inAll })),
    notes,
    events: events.map(({ atMs, ...event }: BacktestEvent) => ({ ...when(atMs), ...event })),
    looks: looks.map(({ atMs, ...look }) => ({ ...when(atMs), ...look })),
  };
}

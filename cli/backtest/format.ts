import { showCount, showEvidence, showShare } from '../../core/analysis/proportion/show.ts';
import type { Backtest } from '../../core/backtest/backtest.ts';
import type { Cost } from '../../core/backtest/course.ts';
import type { BacktestEvent } from '../../core/backtest/events.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import { formatTime } from '../demo/format-time.ts';
import type { Colour, Paint } from '../output/colour.ts';
import { formatTable } from '../output/table.ts';

/** So many lines are read; what a verdict that flaps has more is in the JSON. */
const mostEvents = 60;

/** A backtest for people: what happened when, how it would have ended, what that would have cost, and what to know of it. */
export function formatBacktest(of: Backtest, paint: Paint): string {
  const { rollout, fromMs, toMs, intervalSeconds, comparisons, notes } = of;
  const period = `${formatMoment(fromMs)} to ${formatMoment(toMs)} UTC`;
  return [
    `${paint('bold', rollout)}: ${period}, looked at every ${formatDuration(intervalSeconds)}`,
    formatEvents(of, paint),
    formatEnd(of, paint),
    ...(comparisons.length === 0 ? [] : [formatCosts(of)]),
    ['To know of it:', ...notes.map((note) => `  ${note}`)].join('\n'),
  ].join('\n\n');
}

const colours: Readonly<Partial<Record<BacktestEvent['what'], Colour>>> = {
  holds: 'yellow',
  pauses: 'yellow',
  promoted: 'green',
  rolledBack: 'red',
  ends: 'yellow',
};

/** How the last line of the table says what stands below it at length. */
const endings: Readonly<Partial<Record<BacktestEvent['what'], string>>> = {
  promoted: 'Passes, and is promoted.',
  rolledBack: 'Is rolled back.',
  ends: 'The recording ends.',
};

function formatEvents({ events, fromMs, comparisons }: Backtest, paint: Paint): string {
  const left = events.length - mostEvents;
  const shown = left > 0 ? [...events.slice(0, mostEvents - 1), ...events.slice(-1)] : events;
  const counts = comparisons.length > 0;
  const head = ['after', 'step', 'weight', ...(counts ? ['metric', 'requests', 'of all', 'bad', 'stable', 'evidence'] : []), ''];
  const rows = shown.map(({ what, atMs, stepIndex, weight, loudest, text }) => {
    const numbers =
      loudest === undefined || what === 'begins'
        ? ['', '', '', '', '', '']
        : [
            loudest.metric,
            showCount(loudest.requests),
            showShare(loudest.requestShare),
            showShare(loudest.canaryShare),
            showShare(loudest.stableShare),
            `${showEvidence(loudest.evidence)} of ${showCount(loudest.enough)}`,
          ];
    const words = endings[what] ?? text;
    const said = colours[what] === undefined ? words : paint(colours[what], words);
    return [formatTime(atMs - fromMs), `${stepIndex + 1}`, `${weight}`, ...(counts ? numbers : []), said];
  });
  const more = left > 0 ? [`… ${left + 1} more before the last one; --json has all.`] : [];
  return [formatTable([head.map((each) => paint('dim', each)), ...rows]), ...more].join('\n');
}

function formatEnd({ end, fromMs, looks, plan }: Backtest, paint: Paint): string {
  const after = `after ${formatDuration((end.atMs - fromMs) / 1000)}`;
  const step = `step ${(looks.at(-1)?.stepIndex ?? 0) + 1} of ${plan.steps.length}`;
  switch (end.outcome) {
    case 'promoted':
      return `${paint('green', `Would have been promoted ${after}.`)}\n  ${end.why}`;
    case 'rolledBack':
      return `${paint('red', `Would have been rolled back ${after}, at ${step}: ${end.reason}.`)}\n  ${end.why}`;
    case 'undecided':
      return `${paint('yellow', `Not decided: the recording ends ${after}, at ${step}.`)}\n  ${end.why}`;
  }
}

function formatCosts({ comparisons, end, looks }: Backtest): string {
  const failedBy = end.outcome === 'rolledBack' ? looks.at(-1)?.overall.name : undefined;
  const rows = comparisons.map(({ proportion, untilDecided, inAll }) => [
    `  ${proportion.name}`,
    formatCost(untilDecided),
    formatCost(inAll),
    proportion.name === failedBy ? formatSpared(untilDecided, inAll) : '',
  ]);
  const head = ['', 'until then', 'in all', ''];
  return `Bad answers of the canary above baseline, of those that were recorded:\n${formatTable([head, ...rows])}`;
}

function formatCost({ aboveBaseline, canary }: Cost): string {
  if (aboveBaseline === undefined) return `unknown (${showCount(canary.bad)} bad, none of stable to compare with)`;
  return `${showCount(aboveBaseline)} of ${showCount(canary.all)}`;
}

function formatSpared(untilDecided: Cost, inAll: Cost): string {
  if (untilDecided.aboveBaseline === undefined || inAll.aboveBaseline === undefined) return '';
  const spared = Math.round(inAll.aboveBaseline - untilDecided.aboveBaseline);
  return spared > 0 ? `${showCount(spared)} spared` : '';
}

function formatMoment(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

import { showCount, showShare } from '../analysis/proportion/show.ts';
import type { WorstCost } from '../analysis/proportion/worst-cost.ts';
import { formatDuration } from '../spec/duration.ts';
import { leastBakeOf, type Plan, type PlanStep } from './plan.ts';

const headings = ['step', 'weight', 'bake', 'pause', 'starts at', "canary's share"];
const worstHeading = 'costs at most, on average';

/**
 * The plan as a table of plain text. `starts at` counts from the first weight and takes no time for pauses, which a person can end at
 * once, and for bakes that evidence may shorten the least; from the first of them on it says `or later`.
 *
 * @example
 * step  weight  bake  pause                 starts at    canary's share
 * 1     5       2m    -                     0s           5 %
 * 2     50      5m    up to 1h, then abort  2m           50 %
 * 3     100     10m   -                     7m or later  100 %
 *
 * 3 steps, at least 17m, measured every 10s, deadline 1d.
 *
 * @param worst What each step may cost, where that is known: one column more.
 */
export function formatPlan(plan: Plan, worst?: readonly WorstCost[]): string {
  let startSeconds = 0;
  let mayBeLater = false;
  const rows = plan.steps.map((step) => {
    const row = [
      String(step.index + 1),
      String(step.weight),
      bakeText(step),
      pauseText(step),
      `${formatDuration(startSeconds)}${mayBeLater ? ' or later' : ''}`,
      shareText(step.weight, plan.totalWeight),
      ...(worst === undefined ? [] : [worstText(worst[step.index])]),
    ];
    startSeconds += leastBakeOf(step) + (step.index === 0 ? (plan.warmUpSeconds ?? 0) : 0);
    mayBeLater ||= step.pause !== undefined || step.leastBakeSeconds !== undefined;
    return row;
  });
  const heads = worst === undefined ? headings : [...headings, worstHeading];
  const table = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n\n${summary(plan)}\n`;
}

/** The least and the most, where the pace is by evidence. */
function bakeText(step: PlanStep): string {
  const { leastBakeSeconds, bakeSeconds } = step;
  return leastBakeSeconds === undefined
    ? formatDuration(bakeSeconds)
    : `${formatDuration(leastBakeSeconds)} to ${formatDuration(bakeSeconds)}`;
}

/** @example showBadAnswers({ badAnswers: 0.23, … }) // '0.2 bad answers' */
export function showBadAnswers({ badAnswers }: WorstCost): string {
  const count = badAnswers < 10 ? String(Number(badAnswers.toPrecision(1))) : showCount(badAnswers);
  return `${count} bad ${count === '1' ? 'answer' : 'answers'}`;
}

/** @example '320 bad answers: 100 % for 32s' */
function worstText(worst: WorstCost | undefined): string {
  if (worst === undefined || worst.badAnswers === 0) return 'nothing';
  return `${showBadAnswers(worst)}: ${showShare(worst.canaryShare)} for ${formatDuration(worst.seconds)}`;
}

function pauseText({ pause }: PlanStep): string {
  return pause === undefined ? '-' : `up to ${formatDuration(pause.forSeconds)}, then ${pause.onDeadline}`;
}

/** As many digits as the total can tell apart: 0.1 % of 1000. */
function shareText(weight: number, totalWeight: number): string {
  return `${Number(((weight / totalWeight) * 100).toPrecision(4))} %`;
}

function summary(plan: Plan): string {
  const count = plan.steps.length === 1 ? '1 step' : `${plan.steps.length} steps`;
  const parts = [
    count,
    `at least ${formatDuration(plan.minimumSeconds)}`,
    `measured every ${formatDuration(plan.tick.intervalSeconds)}`,
    `deadline ${formatDuration(plan.deadlineSeconds)}`,
  ];
  return `${parts.join(', ')}.`;
}

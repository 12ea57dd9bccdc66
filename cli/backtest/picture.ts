import type { Backtest } from '../../core/backtest/backtest.ts';
import { formatTime } from '../demo/format-time.ts';
import { picture, rectangle, text, verticalLine } from '../output/svg.ts';
import { type Panel, panelsOf, plot } from './panels.ts';

const chart = { left: 76, right: 850, top: 104 } as const;
const panelHeight = 130;
const panelGap = 44;
export const colours = {
  text: '#e6edf3',
  quiet: '#9da7b3',
  bands: ['#161d27', '#1d2633'],
  good: '#7ee787',
  bad: '#ff7b72',
  undecided: '#d29922',
} as const;

/**
 * A backtest as an SVG: one panel below the other for the shares of bad answers and the evidence of each comparison, and the values of each query; the
 * steps as bands behind them, and where it was decided.
 */
export function pictureOfBacktest(of: Backtest): string {
  const panels = panelsOf(of);
  const bottom = chart.top + panels.length * (panelHeight + panelGap) - panelGap;
  const perMs = (chart.right - chart.left) / Math.max(1, of.toMs - of.fromMs);
  const x = (atMs: number) => chart.left + Math.min(Math.max(0, atMs - of.fromMs) * perMs, chart.right - chart.left);
  const body = [
    ...heading(of),
    ...bands(of, x, bottom),
    ...panels.flatMap((panel, index) => drawPanel(panel, chart.top + index * (panelHeight + panelGap), x)),
    ...timeAxis(of, x, bottom),
    ...decision(of, x, bottom),
  ];
  return picture({ width: 880, height: bottom + 56 }, `sluice backtest ${of.rollout}: ${endOf(of).text}`, body);
}

const longestName = 50;

function heading(of: Backtest): string[] {
  const { text: said, fill } = endOf(of);
  const period = [of.fromMs, of.toMs].map((atMs) => new Date(atMs).toISOString().slice(0, 19).replace('T', ' '));
  return [
    text(30, 40, of.rollout.slice(0, longestName), { fill: colours.text, size: 20, bold: true }),
    text(chart.right, 40, said, { fill, size: 16, bold: true, anchor: 'end' }),
    text(30, 64, `${period.join(' to ')} UTC`, { fill: colours.quiet }),
  ];
}

function endOf({ end, fromMs }: Backtest): { readonly text: string; readonly fill: string } {
  const after = `after ${formatTime(end.atMs - fromMs)}`;
  switch (end.outcome) {
    case 'promoted':
      return { text: `promoted ${after}`, fill: colours.good };
    case 'rolledBack':
      return { text: `rolled back ${after}: ${end.reason}`, fill: colours.bad };
    case 'undecided':
      return { text: `not decided ${after}`, fill: colours.undecided };
  }
}

/** From when to when the replay was at which step. */
function bands({ looks, plan, end }: Backtest, x: (atMs: number) => number, bottom: number): string[] {
  const begun = looks.filter((look, index) => looks[index - 1]?.stepIndex !== look.stepIndex);
  return begun.flatMap(({ atMs, stepIndex, weight }, index) => {
    const [left, right] = [x(atMs), x(begun[index + 1]?.atMs ?? end.atMs)];
    const mirror = plan.steps[stepIndex]?.mirrorWeight;
    const label = mirror === undefined ? `weight ${weight}` : `mirror ${mirror}`;
    const fitting = right - left > 70 ? label : right - left > 24 ? `${mirror ?? weight}` : '';
    return [
      rectangle(left, chart.top - 22, Math.max(0, right - left), bottom - chart.top + 22, colours.bands[index % 2] ?? colours.bands[0]),
      text((left + right) / 2, chart.top - 8, fitting, { fill: colours.text, anchor: 'middle', size: 12 }),
    ];
  });
}

function drawPanel(panel: Panel, top: number, x: (atMs: number) => number): string[] {
  const { title, scale, curves } = panel;
  const bottom = top + panelHeight;
  const y = (value: number) => bottom - scale.place(value) * panelHeight;
  let right = chart.right;
  const key = curves.toReversed().flatMap(({ name, stroke }) => {
    const width = name.length * 7 + 28;
    right -= width;
    return [
      rectangle(right, top - 16 + panelTitle, 10, 3, stroke),
      text(right + 14, top - 11 + panelTitle, name, { fill: colours.quiet, size: 12 }),
    ];
  });
  return [
    text(chart.left + 4, top - 11 + panelTitle, title, { fill: colours.text, size: 12, bold: true }),
    ...key,
    ...scale.marks.map(({ value, label }) => text(chart.left - 8, y(value) + 4, label, { fill: colours.quiet, size: 11, anchor: 'end' })),
    ...curves.map((curve) => plot(curve, x, y)),
  ];
}

/** The title stands inside of its panel, at the top: curves seldom reach there. */
const panelTitle = 24;

const niceSeconds = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
const mostTicks = 10;

function timeAxis({ fromMs, toMs }: Backtest, x: (atMs: number) => number, bottom: number): string[] {
  const seconds = (toMs - fromMs) / 1000;
  const every = niceSeconds.find((each) => seconds / each <= mostTicks) ?? Math.ceil(seconds / mostTicks);
  return Array.from({ length: Math.floor(seconds / every) + 1 }, (_, index) => {
    const atMs = fromMs + index * every * 1000;
    return text(x(atMs), bottom + 18, formatTime(atMs - fromMs), { fill: colours.quiet, size: 11, anchor: 'middle' });
  });
}

function decision(of: Backtest, x: (atMs: number) => number, bottom: number): string[] {
  const { text: said, fill } = endOf(of);
  const at = x(of.end.atMs);
  const isRight = at > (chart.left + chart.right) / 2;
  return [
    verticalLine(at, chart.top - 22, bottom + 34, fill),
    text(at + (isRight ? -6 : 6), bottom + 36, said, { fill, size: 12, anchor: isRight ? 'end' : 'start' }),
  ];
}

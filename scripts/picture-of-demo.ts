import { formatTime } from '../cli/demo/format-time.ts';
import { demoReport, type RolloutReport, type ScenarioReport } from '../cli/demo/report.ts';
import { exposureMs, reactionMs } from '../cli/demo/state.ts';
import { picture, rectangle, text, verticalLine } from '../cli/output/svg.ts';

const size = { width: 880, height: 430 };
const chart = { left: 60, right: 850, top: 154, bottom: 300 } as const;
const colours = { text: '#e6edf3', quiet: '#9da7b3', stable: '#57606a', canary: '#58a6ff', bad: '#ff7b72', good: '#7ee787' } as const;

/** What the picture is drawn from: one scenario, its rollout, and where each moment of it lies. */
interface Scene {
  readonly report: ScenarioReport;
  readonly rollout: RolloutReport;
  /** The place of a moment on the time axis. */
  readonly x: (atMs: number) => number;
}

/**
 * The last scenario in a report of the demo as an SVG: the answers of each second by version, the weights, and what happened when.
 *
 * @throws RangeError where the report holds no scenario with a rollout.
 */
export function pictureOfDemo(recorded: unknown): string {
  const report = demoReport.parse(recorded).scenarios.at(-1);
  const rollout = report?.rollouts.at(-1);
  const [first, last] = [report?.seconds.at(0), report?.seconds.at(-1)];
  if (report === undefined || rollout === undefined || first === undefined || last === undefined) {
    throw new RangeError('the report holds no scenario with a rollout');
  }
  const perMs = (chart.right - chart.left) / (last.atMs - first.atMs);
  const scene: Scene = { report, rollout, x: (atMs) => chart.left + Math.max(0, atMs - first.atMs) * perMs };
  const body = [...heading(scene), ...weights(scene), ...answers(scene), ...moments(scene), ...figures(scene)];
  return picture(size, `Sluice, ${report.scenario}: ${report.title}`, body);
}

function heading({ report, rollout }: Scene): string[] {
  const outcome = rollout.reason === undefined ? rollout.phase : `rolled back, reason ${rollout.reason}`;
  const key = [
    [`${report.stable} (stable)`, colours.stable],
    [`${rollout.tag} (canary)`, colours.canary],
    [`${rollout.tag}, answered 5xx`, colours.bad],
  ] as const;
  return [
    text(30, 44, `${report.service}  ${report.stable} → ${rollout.tag}`, { fill: colours.text, size: 20, bold: true }),
    text(850, 44, outcome, { fill: rollout.reason === undefined ? colours.good : colours.bad, size: 16, bold: true, anchor: 'end' }),
    text(30, 72, report.title, { fill: colours.quiet, size: 14 }),
    ...key.flatMap(([name, fill], index) => [
      rectangle(450 + index * 128, 92, 12, 12, fill),
      text(468 + index * 128, 103, name, { fill: colours.quiet }),
    ]),
    text(30, 103, 'answers a second', { fill: colours.quiet }),
  ];
}

/** A strip above the chart: from when to when the route gave the canary which weight. */
function weights({ report, rollout, x }: Scene): string[] {
  const endMs = report.endedAtMs ?? 0;
  return rollout.weights.flatMap(({ atMs, canary }, index) => {
    const [left, right] = [x(atMs) + 1, x(rollout.weights[index + 1]?.atMs ?? endMs)];
    const [room, middle] = [right - left, (left + right) / 2];
    const label = room > 100 ? `${rollout.tag}: weight ${canary}` : `weight ${canary}`;
    return [
      rectangle(left, 116, Math.max(0, right - left - 1), 22, canary > 0 ? '#1f3a5f' : '#21262d'),
      ...(room > 65 ? [text(middle, 131, label, { fill: colours.text, anchor: 'middle' })] : []),
    ];
  });
}

/** For each second a column: stable's answers at the foot, on them the canary's, and its bad ones on top. */
function answers({ report, rollout, x }: Scene): string[] {
  const seconds = report.seconds.slice(1).map((second, index) => {
    const before = report.seconds[index] ?? second;
    const perSecond = 1000 / Math.max(1, second.atMs - before.atMs);
    const gained = (version: string, kind: 'served' | 'failed') =>
      ((second.requests[version]?.[kind] ?? 0) - (before.requests[version]?.[kind] ?? 0)) * perSecond;
    const stable = gained(report.stable, 'served') + gained(report.stable, 'failed');
    const parts = [stable, gained(rollout.tag, 'served'), gained(rollout.tag, 'failed')];
    return { fromMs: before.atMs, toMs: second.atMs, parts, sum: parts.reduce((sum, part) => sum + part, 0) };
  });
  // What is left of the last second is too short to tell a rate from.
  const whole = seconds.filter(({ fromMs, toMs }) => toMs - fromMs >= 500);
  const most = Math.max(1, ...whole.map(({ sum }) => sum));
  const perAnswer = (chart.bottom - chart.top) / most;
  const columns = whole.flatMap(({ fromMs, toMs, parts }) => {
    let y: number = chart.bottom;
    return parts.flatMap((part, index) => {
      const height = part * perAnswer;
      y -= height;
      const fill = [colours.stable, colours.canary, colours.bad][index] ?? colours.stable;
      return height > 0 ? [rectangle(x(fromMs) + 1, y, x(toMs) - x(fromMs) - 2, height, fill)] : [];
    });
  });
  const label = (y: number, count: number) => text(50, y, count.toFixed(0), { fill: colours.quiet, anchor: 'end' });
  return [...columns, label(chart.top + 10, most), label(chart.bottom, 0)];
}

/** Below the chart: when what happened. The alarm and the rollback are too near to each other for two lines. */
function moments({ report, rollout, x }: Scene): string[] {
  const { firstBadAnswerAtMs, alarmAtMs } = rollout;
  const marks = [
    { atMs: rollout.weights.find(({ canary }) => canary > 0)?.atMs, what: `${rollout.tag} gets its first requests`, fill: colours.quiet },
    { atMs: firstBadAnswerAtMs, what: 'first bad answer', fill: colours.bad },
    { atMs: alarmAtMs, what: `alarm, all back on ${report.stable}`, fill: colours.good },
  ];
  return marks.flatMap(({ atMs, what, fill }) => {
    if (atMs === undefined) return [];
    const anchor = x(atMs) > 700 ? 'end' : 'start';
    const style = { fill, anchor } as const;
    const beside = x(atMs) + (anchor === 'end' ? -4 : 4);
    return [
      verticalLine(x(atMs), 116, chart.bottom + 26, fill),
      text(beside, chart.bottom + 24, `${formatTime(atMs - report.startedAtMs)}  ${what}`, style),
    ];
  });
}

function figures({ report, rollout }: Scene): string[] {
  const counts = Object.values(report.requests);
  const failed = counts.reduce((sum, each) => sum + each.failed, report.unanswered);
  const all = counts.reduce((sum, each) => sum + each.served + each.failed, report.unanswered);
  const ofCanary = report.requests[rollout.tag]?.failed ?? 0;
  const seconds = (ms: number | undefined) => (ms === undefined ? 'none' : `${(ms / 1000).toFixed(2)} s`);
  const told = [
    [seconds(reactionMs(rollout)), 'from the alarm to the last', `request that ${rollout.tag} was given`],
    // The period is that of the demo's alarm: what CloudWatch itself needs is the longest part of the way.
    [seconds(exposureMs(rollout)), 'from the first bad answer to it; the', 'alarm reads whole periods of 10 s'],
    [`${failed} of ${all}`, `answers were bad: ${ofCanary} of ${rollout.tag},`, `${failed - ofCanary} of anybody else`],
  ] as const;
  return told.flatMap(([figure, ...lines], index) => [
    text(30 + index * 290, 376, figure, { fill: colours.text, size: 22, bold: true }),
    ...lines.map((line, row) => text(30 + index * 290, 396 + row * 17, line, { fill: colours.quiet })),
  ]);
}

import { judgeAlarm } from '../../core/analysis/judge-alarm.ts';
import { bar, chart } from './bars.ts';
import { formatTime } from './format-time.ts';
import { type Piece, paint, styles } from './paint.ts';
import type { RolloutReport, ScenarioReport, StoryLine } from './report.ts';
import { currentRollout, type DemoState, exposureMs, measuredShare, reactionMs, setShare } from './state.ts';
import { toneOf } from './story.ts';

const labelCells = 12;
const verdictRows = 3;
/** All lines but those of the story. */
const otherRows = 20;
const fewestStoryRows = 3;
const mostStoryRows = 8;

/** Which scenario of how many is shown. */
export interface Place {
  readonly number: number;
  readonly of: number;
}

/** How much room there is. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a picture that has all the room it can use. */
export const fullSize: Size = { width: 100, height: otherRows + mostStoryRows };

/** The picture of one moment: for one size always the same number of lines. A low terminal shows less of the story. */
export function frame(state: DemoState, place: Place, { width, height }: Size, colour: boolean): string[] {
  const { report, nowMs } = state;
  const storyRows = Math.max(fewestStoryRows, Math.min(mostStoryRows, height - otherRows));
  const rollout = currentRollout(report);
  const lines: Piece[][] = [
    header(report, place, nowMs, width),
    [[report.title, 'gray']],
    [],
    versions(state, rollout),
    steps(rollout),
    [],
    ...shares(state, rollout, width - labelCells - 8),
    [],
    ...verdicts(rollout),
    [],
    requests(report),
    times(rollout),
    [],
    ...story(report, storyRows),
  ];
  return lines.map((pieces) => paint(pieces, width, colour));
}

function header({ scenario, startedAtMs }: ScenarioReport, { number, of }: Place, nowMs: number, width: number): Piece[] {
  const left = `Sluice  ${scenario}`;
  const right = `${number} of ${of}   ${formatTime(nowMs - startedAtMs)}`;
  return [['Sluice', 'bold'], left.slice(6), ' '.repeat(Math.max(1, width - left.length - right.length)), [right, 'gray']];
}

function versions({ report, ready }: DemoState, rollout: RolloutReport | undefined): Piece[] {
  if (rollout === undefined) {
    return [...label(report.service), [report.stable, 'bold'], ready ? '   all traffic, and no rollout' : '   the sandbox starts'];
  }
  const phase = `${rollout.phase}${rollout.reason === undefined ? '' : `, reason ${rollout.reason}`}`;
  const tail = rollout.quarantined ? `, ${rollout.tag} quarantined` : '';
  return [...label(report.service), [`${report.stable} → ${rollout.tag}`, 'bold'], '   ', [`${phase}${tail}`, phaseStyle(rollout)]];
}

function phaseStyle({ phase, reason }: RolloutReport): 'red' | 'green' | 'cyan' {
  if (reason !== undefined || phase === 'failed') return 'red';
  return phase === 'succeeded' ? 'green' : 'cyan';
}

function steps(rollout: RolloutReport | undefined): Piece[] {
  if (rollout === undefined) return label('step');
  const { stepIndex, phase, bakedMs } = rollout;
  const promoted = rollout.reason === undefined && (phase === 'promoting' || phase === 'succeeded');
  const pieces = rollout.steps.flatMap(({ weight }, index): Piece[] => {
    if (promoted || index < stepIndex) return [[`● ${weight}`, 'green'], '   '];
    if (index > stepIndex) return [[`○ ${weight}`, 'gray'], '   '];
    return [rollout.reason === undefined ? [`◉ ${weight}`, 'cyan'] : [`✕ ${weight}`, 'red'], '   '];
  });
  const step = rollout.steps[stepIndex];
  if (step === undefined || phase !== 'progressing') return [...label('step'), ...pieces];
  const [filled, empty] = bar(bakedMs / 1000 / step.bakeSeconds, 10);
  const baked = Math.min(step.bakeSeconds, bakedMs / 1000).toFixed(0);
  return [...label('step'), ...pieces, ['  bake ', 'gray'], filled, [empty, 'gray'], [` ${baked} of ${step.bakeSeconds} s`, 'gray']];
}

/** What was set, what was measured, and what was measured over time. */
function shares(state: DemoState, rollout: RolloutReport | undefined, cells: number): Piece[][] {
  const version = rollout?.tag;
  const set = rollout === undefined ? 0 : setShare(rollout);
  // When all is over there are no newer answers; what the last second measured stays.
  const over = state.report.endedAtMs === undefined ? undefined : (rollout?.shares.at(-1)?.measured ?? undefined);
  const measured = version === undefined ? 0 : (measuredShare(state, version) ?? over);
  const bad = rollout?.firstBadAnswerAtMs !== undefined;
  const row = (name: string, share: number | undefined): Piece[] => {
    const [filled, empty] = bar(share ?? 0, cells);
    const figure = share === undefined ? 'none' : (share * 100).toFixed(0);
    return [...label(name), [filled, bad ? 'red' : 'cyan'], [empty, 'gray'], figure.padStart(6)];
  };
  const samples = (rollout?.shares ?? []).slice(-Math.floor(cells / 2));
  const good = samples.filter(({ atMs }) => atMs <= (rollout?.firstBadAnswerAtMs ?? Number.POSITIVE_INFINITY)).length * 2;
  const [upper, lower] = chart(samples.map((sample) => sample.measured));
  const charted = (line: string): Piece[] => [
    [line.slice(0, good), 'cyan'],
    [line.slice(good), 'red'],
  ];
  return [
    row('weight set', rollout === undefined ? 0 : set),
    row('measured', measured),
    [...label('over time'), ...charted(upper)],
    [...label(''), ...charted(lower)],
  ];
}

/**
 * The last analysis: the gravest verdicts first, as many as there is room for. An alarm that fired since is judged at once, and not by
 * the next analysis: the abort door does not wait for that.
 */
function verdicts(rollout: RolloutReport | undefined): Piece[][] {
  const last = rollout?.analyses.at(-1);
  const fired = (name: string) => rollout?.alarms.findLast((alarm) => alarm.name === name && alarm.atMs > (last?.atMs ?? 0));
  const parts = (last?.verdicts ?? []).map((part) => {
    const alarm = fired(part.name);
    return alarm === undefined ? part : judgeAlarm({ ...alarm, sinceMs: alarm.atMs });
  });
  const gravity = { fail: 0, unavailable: 1, inconclusive: 2, pass: 3 } as const;
  const sorted = parts.toSorted((a, b) => gravity[a.verdict] - gravity[b.verdict]).slice(0, verdictRows);
  const rows = sorted.map(({ verdict, reason }, index): Piece[] => [
    ...label(index === 0 ? 'verdicts' : ''),
    [verdict.padEnd(13), styles[toneOf[verdict]]],
    reason,
  ]);
  return fill(rows.length === 0 ? [label('verdicts')] : rows, verdictRows);
}

function requests({ requests: counts, unanswered }: ScenarioReport): Piece[] {
  const pieces = Object.entries(counts).flatMap(([version, { served, failed }]): Piece[] => [
    [version, 'bold'],
    ` ${served} served, `,
    failed > 0 ? [`${failed} failed`, 'red'] : '0 failed',
    '     ',
  ]);
  return [...label('requests'), ...pieces, ...(unanswered > 0 ? [[`${unanswered} unanswered`, 'red'] as const] : [])];
}

function times(rollout: RolloutReport | undefined): Piece[] {
  const exposed = rollout === undefined ? undefined : exposureMs(rollout);
  const reaction = rollout === undefined ? undefined : reactionMs(rollout);
  if (exposed === undefined) return [...label('bad answers'), ['none', 'gray']];
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [
    ...label('bad answers'),
    'for ',
    [seconds(exposed), 'bold'],
    ...(reaction === undefined ? [] : [', and for ', [seconds(reaction), 'bold'] as const, ' after the alarm']),
  ];
}

function story({ story: lines, startedAtMs }: ScenarioReport, rows: number): Piece[][] {
  const row = ({ atMs, tone, text }: StoryLine): Piece[] => [
    [label(formatTime(atMs - startedAtMs))[0]?.[0] ?? '', 'gray'],
    [text, styles[tone]],
  ];
  return fill(lines.slice(-rows).map(row), rows);
}

function label(text: string): [readonly [string, 'gray']] {
  return [[text.padEnd(labelCells), 'gray']];
}

function fill(rows: Piece[][], count: number): Piece[][] {
  return [...rows, ...Array.from({ length: Math.max(0, count - rows.length) }, () => [])];
}

import { formatTime } from './format-time.ts';
import { bar, chart } from './bars.ts';
import { type Piece, paint, styles } from './paint.ts';
import type { RolloutReport, ScenarioReport, StoryLine } from './report.ts';
import { currentRollout, type DemoState, exposureMs, measuredShare, reactionMs, setShare } from './state.ts';
import { toneOf } from './story.ts';

const labelCells = 12;
const verdictRows = 3;
const storyRows = 6;

/** Which scenario of how many is shown. */
export interface Place {
  readonly number: number;
  readonly of: number;
}

/** The picture of one moment: always the same number of lines, each of at most `width` cells. */
export function frame(state: DemoState, place: Place, width: number, colour: boolean): string[] {
  const { report, nowMs } = state;
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
    ...story(report),
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
  const measured = version === undefined ? 0 : measuredShare(state, version);
  const bad = rollout?.firstBadAnswerAtMs !== undefined;
  const row = (name: string, share: number | undefined): Piece[] => {
    const [filled, empty] = bar(share ?? 0, cells);
    const figure = share === undefined ? 'none' : (share * 100).toFixed(0);
    return [...label(name), [filled, bad ? 'red' : 'cyan'], [empty, 'gray'], figure.padStart(6)];
  };
  const [upper, lower] = chart(rollout?.shares.map((sample) => sample.measured) ?? [], cells);
  return [
    row('weight set', rollout === undefined ? 0 : set),
    row('measured', measured),
    [...label('over time'), [upper, bad ? 'red' : 'cyan']],
    [...label(''), [lower, bad ? 'red' : 'cyan']],
  ];
}

/** The last analysis: the gravest verdicts first, as many as there is room for. */
function verdicts(rollout: RolloutReport | undefined): Piece[][] {
  const parts = rollout?.analyses.at(-1)?.verdicts ?? [];
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
  if (exposed === undefined) return [...label('undone in'), ['no bad answer', 'gray']];
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [
    ...label('undone in'),
    [seconds(exposed), 'bold'],
    ' from the first bad answer to full stable',
    ...(reaction === undefined ? [] : [', ', [seconds(reaction), 'bold'] as const, ' from the alarm']),
  ];
}

function story({ story: lines, startedAtMs }: ScenarioReport): Piece[][] {
  const row = ({ atMs, tone, text }: StoryLine): Piece[] => [[label(formatTime(atMs - startedAtMs))[0]?.[0] ?? '', 'gray'], [text, styles[tone]]];
  return fill(lines.slice(-storyRows).map(row), storyRows);
}

function label(text: string): [readonly [string, 'gray']] {
  return [[text.padEnd(labelCells), 'gray']];
}

function fill(rows: Piece[][], count: number): Piece[][] {
  return [...rows, ...Array.from({ length: Math.max(0, count - rows.length) }, () => [])];
}

import type { JudgeRun, Measured } from '../run.ts';
import { doubtSections } from './doubt-sections.ts';
import { fullWeightSections } from './full-weight-sections.ts';
import { latencySections } from './latency-sections.ts';
import { shareSections } from './share-sections.ts';
import { percent, type Section } from './table.ts';

export function sectionsOf(run: JudgeRun): Section[] {
  const { settings, cells, doubt, fullWeight, latency } = run;
  return [
    { name: 'run', title: 'What was measured', body: describe(run) },
    ...(cells.length === 0 ? [] : shareSections(cells, settings.margin)),
    ...doubtSections(doubt, settings.margin),
    ...fullWeightSections(fullWeight),
    ...latencySections(latency),
  ];
}

function describe({ settings, cells, doubt, fullWeight, latency }: JudgeRun): string {
  const { runs, seed, margin, falseAlarmLevel } = settings;
  const count = (some: readonly unknown[]) => some.length.toLocaleString('en-US');
  return [
    `${runs.toLocaleString('en-US')} rollouts for each of ${count(cells)} cells of five steps, ${count(doubt)} with second bakes, ${count(fullWeight)} with full weight and`,
    `${count(latency)} of latency; seed ${seed}, margin ${margin.ratio} x + ${margin.excess * 100} points, level ${percent(falseAlarmLevel)}.`,
  ].join('\n');
}

export function formatReport(run: JudgeRun): string {
  return sectionsOf(run)
    .map(({ title, body }) => `\n${title}\n\n${body}`)
    .join('\n');
}

/** One line for a service that was measured. */
export function formatMeasured({ part, cells }: Measured): string {
  const [first] = cells;
  if (first === undefined) return '';
  const usual = 'usualShare' in first ? `, ${percent(first.usualShare)} usual` : '';
  const own = cells.map((cell) => `${cell.change} ${percent(rolledBackOf(cell) / cell.runs)}`);
  return `${part.padEnd(10)} ${String(first.requestsPerSecond).padStart(6)} rps${usual}, ${first.noise}: rolled back ${own.join(', ')}`;
}

/** By Sluice, which is the first of the rules. */
function rolledBackOf(cell: Measured['cells'][number]): number {
  if ('inDoubt' in cell) return cell.inDoubt.rolledBack;
  const [sluice] = cell.rules;
  return sluice === undefined ? 0 : 'at' in sluice ? sluice.at : sluice.rolledBack;
}

import type { JudgeRun, Measured } from '../run.ts';
import { fullWeightSections } from './full-weight-sections.ts';
import { latencySections } from './latency-sections.ts';
import { shareSections } from './share-sections.ts';
import { percent, type Section } from './table.ts';

export function sectionsOf(run: JudgeRun): Section[] {
  const { settings, cells, fullWeight, latency } = run;
  return [
    { name: 'run', title: 'What was measured', body: describe(run) },
    ...(cells.length === 0 ? [] : shareSections(cells, settings.margin)),
    ...fullWeightSections(fullWeight),
    ...latencySections(latency),
  ];
}

function describe({ settings, cells, fullWeight, latency }: JudgeRun): string {
  const { runs, seed, margin, falseAlarmLevel } = settings;
  const count = (some: readonly unknown[]) => some.length.toLocaleString('en-US');
  return [
    `${runs.toLocaleString('en-US')} rollouts for each of ${count(cells)} cells of five steps, ${count(fullWeight)} with full weight and ${count(latency)} of latency; seed ${seed}, margin`,
    `${margin.ratio} x + ${margin.excess * 100} points, level ${percent(falseAlarmLevel)}.`,
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
  const own = cells.map((cell) => {
    const [sluice] = cell.rules;
    const count = sluice === undefined ? 0 : 'at' in sluice ? sluice.at : sluice.rolledBack;
    return `${cell.change} ${percent(count / cell.runs)}`;
  });
  return `${part.padEnd(10)} ${String(first.requestsPerSecond).padStart(6)} rps${usual}, ${first.noise}: rolled back ${own.join(', ')}`;
}

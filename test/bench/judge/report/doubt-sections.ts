import type { Margin } from '../../../../core/analysis/proportion/margin.ts';
import type { DoubtCell } from '../measure-doubt.ts';
import { blockSeconds, noises } from '../world.ts';
import { isFaulty, noiseTitles, worstOf } from './share-sections.ts';
import { geometricMean, percent, type Section, table, times, timesOf } from './table.ts';

/** What it changes that a step is baked twice in doubt, beside the same rollouts with one bake of each step. */
export function doubtSections(cells: readonly DoubtCell[], margin: Margin): Section[] {
  if (cells.length === 0) return [];
  const present = noises.filter((noise) => cells.some((cell) => cell.noise === noise));
  const ofNoise = present.map((noise) => ({ title: noiseTitles[noise], some: cells.filter((cell) => cell.noise === noise) }));
  return [
    {
      name: 'doubt-healthy',
      title:
        'Healthy versions of which a step is baked twice in doubt: rolled back in the worst service of each row, and how much longer it took',
      body: healthy(ofNoise),
    },
    {
      name: 'doubt-faulty',
      title:
        'Versions that are worse than the margin: rolled back of all services, and bad answers above baseline, with one bake ÷ in doubt with two',
      body: faulty(ofNoise, margin),
    },
  ];
}

type OfNoise = readonly { readonly title: string; readonly some: readonly DoubtCell[] }[];

function healthy(ofNoise: OfNoise): string {
  const rows = ofNoise.map(({ title, some }) => {
    const cells = some.filter(({ change }) => change === 'healthy');
    const seconds = meanOver(cells, ({ longer }) => longer.meanBlocks) * blockSeconds;
    return [
      title,
      rolledBackInWorst(cells, ({ once }) => once.rolledBack),
      rolledBackInWorst(cells, ({ inDoubt }) => inDoubt.rolledBack),
      percent(meanOver(cells, ({ longer, runs }) => longer.count / runs)),
      `${times(seconds)} s`,
    ];
  });
  return table(['what disturbs', 'with one bake', 'in doubt with two', 'of all, baked longer', 'by, on average of all'], rows);
}

function rolledBackInWorst(cells: readonly DoubtCell[], count: (cell: DoubtCell) => number): string {
  const worst = worstOf(cells, count);
  return worst === undefined ? '-' : timesOf(count(worst), worst.runs);
}

const shownChanges = ['twice the margin', '+0.5 points', '+1 point'] as const;

function faulty(ofNoise: OfNoise, margin: Margin): string {
  const rows = ofNoise.map(({ title, some }) => [
    title,
    ...shownChanges.map((shown) => {
      const cells = some.filter((cell) => cell.change === shown && (shown === 'twice the margin' || isFaulty(cell, margin)));
      const once = meanOver(cells, (cell) => cell.once.rolledBack / cell.runs);
      return `${percent(once)}, ${percent(meanOver(cells, (cell) => cell.inDoubt.rolledBack / cell.runs))}`;
    }),
    times(geometricMean(some.filter((cell) => isFaulty(cell, margin)).map(({ once, inDoubt }) => once.meanCost / inDoubt.meanCost))),
  ]);
  return table(['what disturbs', ...shownChanges, 'bad answers'], rows);
}

function meanOver(cells: readonly DoubtCell[], value: (cell: DoubtCell) => number): number {
  return cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
}

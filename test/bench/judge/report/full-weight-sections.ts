import type { FullWeightCell, FullWeightChange, FullWeightFigures } from '../measure-full-weight.ts';
import { noises } from '../world.ts';
import { noiseTitles, worstOf } from './share-sections.ts';
import { percent, type Section, table, timesOf } from './table.ts';

const judgesThere = ['Sluice', 'Argo Rollouts as documented', 'threshold, tuned'] as const;

/** The tables of faults that begin at full weight. */
export function fullWeightSections(cells: readonly FullWeightCell[]): Section[] {
  if (cells.length === 0) return [];
  return [
    {
      name: 'full-weight-false-aborts',
      title:
        'Healthy versions that were rolled back in five minutes at full weight, in the worst service of each row; Flagger and Kayenta judge nothing there',
      body: falseAborts(cells),
    },
    {
      name: 'full-weight',
      title: 'Faults that begin at full weight: how many were rolled back, of all services, and how long it took them on average',
      body: caught(cells),
    },
  ];
}

function falseAborts(cells: readonly FullWeightCell[]): string {
  const rows = presentNoises(cells).map((noise) => [
    noiseTitles[noise],
    ...judgesThere.map((name) => {
      const healthy = cells.filter((cell) => cell.noise === noise && cell.change === 'healthy');
      const worst = worstOf(healthy, (cell) => figuresBy(cell, name).at);
      return worst === undefined ? '-' : timesOf(figuresBy(worst, name).at, worst.runs);
    }),
  ]);
  return table(['what disturbs', ...judgesThere], rows);
}

const faults: readonly FullWeightChange[] = ['+1 point', '+5 points', '+20 points'];

function caught(cells: readonly FullWeightCell[]): string {
  const rows = presentNoises(cells).flatMap((noise) =>
    faults.map((change) => [
      `${noiseTitles[noise]}, ${change}`,
      ...judgesThere.map((name) => {
        const some = cells.filter((cell) => cell.noise === noise && cell.change === change);
        return caughtBy(some.map((cell) => ({ runs: cell.runs, figures: figuresBy(cell, name) })));
      }),
    ]),
  );
  return table(['what disturbs, and the fault', ...judgesThere], rows);
}

/** Of those that were still there when the canary got everything. */
function caughtBy(some: readonly { readonly runs: number; readonly figures: FullWeightFigures }[]): string {
  const present = some.reduce((sum, { runs, figures }) => sum + runs - figures.before, 0);
  const at = some.reduce((sum, { figures }) => sum + figures.at, 0);
  if (at === 0) return present === 0 ? '-' : '0 %';
  const seconds = some.reduce((sum, { figures }) => sum + figures.at * figures.meanSeconds, 0) / at;
  return `${percent(at / present)}, ${Math.round(seconds)} s`;
}

function presentNoises(cells: readonly FullWeightCell[]) {
  return noises.filter((noise) => cells.some((cell) => cell.noise === noise));
}

function figuresBy({ rules }: FullWeightCell, name: string): FullWeightFigures {
  const found = rules.find(({ rule }) => rule === name);
  if (found === undefined) throw new RangeError(`no rule ${name}`);
  return found;
}

import { allowedShare, type Margin } from '../../../../core/analysis/proportion/margin.ts';
import type { Cell, RuleFigures } from '../measure-service.ts';
import { type Noise, noises } from '../world.ts';
import { geometricMean, percent, type Section, table, times, timesOf } from './table.ts';

export const noiseTitles: Record<Noise, string> = {
  iid: 'nothing',
  drift: 'a rate that drifts for both',
  bursts: 'bursts on both sides',
  blips: 'one blip of the canary',
  flaky: 'failing scrapes',
  clumps: 'errors in clumps of five',
  noisy: 'drift, bursts and a blip',
};

const tunedPeers = ['threshold, tuned', 'Kayenta, tuned'] as const;
const documented = ['Flagger as documented', 'Argo Rollouts as documented', 'Kayenta as published'] as const;

/** The tables of versions that answer badly, over the five steps. */
export function shareSections(cells: readonly Cell[], margin: Margin): Section[] {
  const faulty = cells.filter((cell) => isFaulty(cell, margin));
  const present = noises.filter((noise) => cells.some((cell) => cell.noise === noise));
  return [
    {
      name: 'false-aborts',
      title: 'Healthy versions that were rolled back, in the worst service of each row (in brackets the exact upper bound of 95 %)',
      body: falseAborts(cells, present),
    },
    {
      name: 'requests',
      title:
        'Canary requests until the rollback ÷ the information bound (two blocks taken off), where nothing disturbs: on average over services, and in the worst',
      body: requestsByChange(cells),
    },
    { name: 'requests-by-service', title: 'The same, service by service', body: requestsByService(cells) },
    {
      name: 'misses',
      title:
        'Versions that are worse by twice the margin and were let through, of rollouts that had a step with the requests that lint asks for',
      body: misses(cells),
    },
    {
      name: 'costs',
      title:
        'Bad answers above baseline, the better of the two tuned peers of each cell ÷ Sluice: geometric mean over usual shares and all versions that are worse than the margin',
      body: costs(faulty, present, bestTunedCost),
    },
    {
      name: 'costs-with-hindsight',
      title: 'The same for the best threshold with hindsight: tuned on the very rollouts that it is judged by',
      body: costs(faulty, present, (cell) => figuresBy(cell, 'threshold, with hindsight').meanCost),
    },
    { name: 'costs-of-peers', title: 'The same for each peer, over all traffic', body: costsOfPeers(faulty, present) },
    { name: 'peer-wins', title: 'Cells in which the best tuned peer costs less than Sluice', body: peerWins(faulty) },
  ];
}

/** Versions that are within the margin are not worse by what the spec says: nothing that is judged by it is to roll them back. */
export function isFaulty({ change, usualShare, worseBy }: Pick<Cell, 'change' | 'usualShare' | 'worseBy'>, margin: Margin): boolean {
  return change !== 'healthy' && change !== 'twice the margin' && usualShare + worseBy > allowedShare(usualShare, margin);
}

/** The service of which most healthy versions were rolled back. */
export function worstOf<Of extends { readonly runs: number }>(cells: readonly Of[], count: (cell: Of) => number): Of | undefined {
  return cells.reduce<Of | undefined>((worst, cell) => (worst === undefined || count(cell) > count(worst) ? cell : worst), undefined);
}

function falseAborts(cells: readonly Cell[], present: readonly Noise[]): string {
  const names = ['Sluice', 'Sluice, plain', ...documented, ...tunedPeers];
  const rows = present.map((noise) => [
    noiseTitles[noise],
    ...names.map((name) => {
      const count = (cell: Cell) => figuresBy(cell, name).rolledBack;
      const worst = worstOf(
        cells.filter((cell) => cell.noise === noise && cell.change === 'healthy'),
        count,
      );
      if (worst === undefined) return '-';
      return name === 'Sluice' ? timesOf(count(worst), worst.runs) : percent(count(worst) / worst.runs);
    }),
  ]);
  return table(['what disturbs', 'Sluice', 'without what makes it robust', ...names.slice(2)], rows);
}

export const requestRules = ['Sluice, plain', 'Sluice, without restarts', 'Sluice'] as const;

/** Cells with a bound in which nearly every rollout was rolled back: of others the mean would be that of the quick ones. */
export function boundedCells(cells: readonly Cell[]): Cell[] {
  return cells.filter(
    (cell) => cell.noise === 'iid' && Number.isFinite(cell.bound ?? Number.NaN) && figuresBy(cell, 'Sluice').rolledBack >= 0.95 * cell.runs,
  );
}

function requestsByChange(cells: readonly Cell[]): string {
  const bounded = boundedCells(cells);
  const rows = [...new Set(bounded.map(({ change }) => change))].map((change) => [
    change,
    ...requestRules.map((rule) => {
      const values = bounded.filter((cell) => cell.change === change).map((cell) => figuresBy(cell, rule).timesBound ?? Number.NaN);
      return `${times(values.reduce((sum, value) => sum + value, 0) / values.length)} (${times(Math.max(...values))})`;
    }),
  ]);
  return table(['the version is worse by', 'the evidence alone', 'with cap and dispersion', 'with restarts too: Sluice'], rows);
}

function requestsByService(cells: readonly Cell[]): string {
  const rows = boundedCells(cells).map((cell) => [
    `${cell.requestsPerSecond} rps, ${percent(cell.usualShare)} ${cell.change}`,
    Math.round(cell.bound ?? 0).toLocaleString('en-US'),
    ...requestRules.map((rule) => times(figuresBy(cell, rule).timesBound ?? Number.NaN)),
  ]);
  return table(['', 'bound at 1 %', ...requestRules], rows);
}

function misses(cells: readonly Cell[]): string {
  const seen = cells.filter((cell) => cell.change === 'twice the margin' && cell.seen.runs > 0);
  const missed = seen
    .filter((cell) => cell.seen.missed > 0)
    .sort((one, other) => other.seen.missed / other.seen.runs - one.seen.missed / one.seen.runs)
    .map((cell) => [
      `${cell.requestsPerSecond} rps, ${percent(cell.usualShare)} usual, ${noiseTitles[cell.noise]}`,
      String(cell.seen.runs),
      timesOf(cell.seen.missed, cell.seen.runs),
    ]);
  const none = [`${seen.length - missed.length} of ${seen.length} services`, '', '0 %'];
  return table(['', 'rollouts', 'let through'], [none, ...missed.slice(0, 8)]);
}

function costs(faulty: readonly Cell[], present: readonly Noise[], costOf: (cell: Cell) => number): string {
  const traffic = trafficOf(faulty);
  const groups = [
    ...present.map((noise) => ({ name: noiseTitles[noise], of: [noise] })),
    { name: 'all but the first row', of: present.filter((noise) => noise !== 'iid') },
  ];
  const rows = groups.map(({ name, of: some }) => [
    name,
    ...traffic.map((requestsPerSecond) => {
      const group = faulty.filter((cell) => some.includes(cell.noise) && cell.requestsPerSecond === requestsPerSecond);
      return times(geometricMean(group.map((cell) => costOf(cell) / figuresBy(cell, 'Sluice').meanCost)));
    }),
  ]);
  return table(['what disturbs', ...traffic.map((requestsPerSecond) => `${requestsPerSecond.toLocaleString('en-US')} rps`)], rows);
}

export function trafficOf(cells: readonly { readonly requestsPerSecond: number }[]): number[] {
  return [...new Set(cells.map(({ requestsPerSecond }) => requestsPerSecond))].sort((one, other) => one - other);
}

/** How many times Sluice's the better tuned peer costs, over usual shares and faults, at some traffic and noise. */
export function costTimes(cells: readonly Cell[], margin: Margin, noise: Noise, requestsPerSecond: number): number {
  const group = cells.filter((cell) => isFaulty(cell, margin) && cell.noise === noise && cell.requestsPerSecond === requestsPerSecond);
  return geometricMean(group.map((cell) => bestTunedCost(cell) / figuresBy(cell, 'Sluice').meanCost));
}

function costsOfPeers(faulty: readonly Cell[], present: readonly Noise[]): string {
  const names = [...documented, ...tunedPeers, 'Sluice, plain'];
  const rows = present.map((noise) => [
    noiseTitles[noise],
    ...names.map((name) => {
      const group = faulty.filter((cell) => cell.noise === noise);
      return times(geometricMean(group.map((cell) => figuresBy(cell, name).meanCost / figuresBy(cell, 'Sluice').meanCost)));
    }),
  ]);
  return table(['', ...names], rows);
}

function peerWins(faulty: readonly Cell[]): string {
  const won = faulty
    .map((cell) => ({ cell, ratio: bestTunedCost(cell) / figuresBy(cell, 'Sluice').meanCost }))
    .filter(({ ratio }) => ratio < 1)
    .sort((one, other) => one.ratio - other.ratio);
  const clearest = won
    .slice(0, 6)
    .map(({ cell, ratio }) => [
      `${cell.requestsPerSecond} rps, ${percent(cell.usualShare)} usual, ${noiseTitles[cell.noise]}, ${cell.change}`,
      times(ratio),
    ]);
  return table([`${won.length} of ${faulty.length}`, 'peer ÷ Sluice'], clearest);
}

function bestTunedCost(cell: Cell): number {
  return Math.min(...tunedPeers.map((name) => figuresBy(cell, name).meanCost));
}

export function figuresBy({ rules }: Pick<Cell, 'rules'>, name: string): RuleFigures {
  const found = rules.find(({ rule }) => rule === name);
  if (found === undefined) throw new RangeError(`no rule ${name}`);
  return found;
}

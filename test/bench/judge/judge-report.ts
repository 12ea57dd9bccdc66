import { allowedShare, type Margin } from '../../../core/analysis/proportion/margin.ts';
import { upperBound } from './exact-bound.ts';
import type { Cell, RuleFigures } from './measure-service.ts';
import { noises } from './world.ts';

const tunedPeers = ['threshold, tuned', 'Kayenta, tuned'] as const;
const defaults = ['Flagger as documented', 'Argo Rollouts as documented', 'Kayenta as published'] as const;

/** One line for a service that was measured. */
export function formatService(cells: readonly Cell[]): string {
  const [first] = cells;
  if (first === undefined) return '';
  const { requestsPerSecond, usualShare, noise, runs } = first;
  const own = cells.map((cell) => `${cell.change} ${percent(of(cell, 'Sluice').rolledBack / runs)}`);
  return `${String(requestsPerSecond).padStart(6)} rps, ${percent(usualShare)} usual, ${noise}: rolled back ${own.join(', ')}`;
}

export function formatReport(cells: readonly Cell[], margin: Margin): string {
  const faulty = cells.filter((cell) => isFaulty(cell, margin));
  return [
    heading('False aborts of healthy versions: the worst service of each noise, in % of its rollouts, and its exact upper bound of 95 %'),
    falseAborts(cells),
    heading('Canary requests until the rollback, as a multiple of the information bound (two blocks taken off), independent answers'),
    efficiency(cells),
    heading('Versions that are worse by twice the margin and were let through, where a step has the requests that lint asks for'),
    misses(cells),
    heading(
      'Bad answers above baseline, peer ÷ Sluice: geometric mean over usual shares and all versions that are worse than the margin. The best tuned peer of each cell',
    ),
    costs(faulty, 'bestTuned'),
    heading('The same for the best threshold with hindsight: tuned on the very rollouts that it is judged by'),
    costs(faulty, 'hindsight'),
    heading('The same for each peer, over all traffic'),
    costsOfPeers(faulty),
    heading('Cells in which the best tuned peer costs less than Sluice'),
    peerWins(faulty),
  ].join('\n');
}

/** Versions that are within the margin are not worse by what the spec says: nothing that is judged by it is to roll them back. */
function isFaulty({ change, usualShare, worseBy }: Cell, margin: Margin): boolean {
  return change !== 'healthy' && change !== 'twice the margin' && usualShare + worseBy > allowedShare(usualShare, margin);
}

function falseAborts(cells: readonly Cell[]): string {
  const healthy = cells.filter(({ change }) => change === 'healthy');
  const names = ['Sluice', 'Sluice, plain', ...defaults, ...tunedPeers];
  const rows = noises.map((noise) => {
    const ofNoise = healthy.filter((cell) => cell.noise === noise);
    return [
      noise,
      ...names.map((name) => {
        const worst = ofNoise.reduce<RuleFigures | undefined>((found, cell) => worse(found, of(cell, name)), undefined);
        const runs = ofNoise[0]?.runs ?? 0;
        return worst === undefined ? '-' : `${percent(worst.rolledBack / runs)} (${percent(upperBound(worst.rolledBack, runs))})`;
      }),
    ];
  });
  return table(['', ...names], rows);
}

function worse(found: RuleFigures | undefined, other: RuleFigures): RuleFigures {
  return found === undefined || other.rolledBack > found.rolledBack ? other : found;
}

function efficiency(cells: readonly Cell[]): string {
  const rules = ['Sluice, plain', 'Sluice, without restarts', 'Sluice'];
  const rows = cells
    .filter(({ noise, bound, change }) => noise === 'iid' && bound !== undefined && Number.isFinite(bound) && change !== 'healthy')
    .filter((cell) => of(cell, 'Sluice').rolledBack >= 0.95 * cell.runs)
    .map((cell) => [
      `${cell.requestsPerSecond} rps, ${percent(cell.usualShare)} ${cell.change}`,
      Math.round(cell.bound ?? 0).toLocaleString('en-US'),
      ...rules.map((name) => (of(cell, name).timesBound ?? Number.NaN).toFixed(2)),
    ]);
  return table(['', 'bound', ...rules], rows);
}

function misses(cells: readonly Cell[]): string {
  const rows = cells
    .filter(({ change, seen }) => change === 'twice the margin' && seen.runs > 0)
    .sort((one, other) => other.seen.missed / other.seen.runs - one.seen.missed / one.seen.runs)
    .map(({ requestsPerSecond, usualShare, noise, seen }) => [
      `${requestsPerSecond} rps, ${percent(usualShare)} usual, ${noise}`,
      String(seen.runs),
      percent(seen.missed / seen.runs),
      percent(upperBound(seen.missed, seen.runs)),
    ]);
  return table(['the worst', 'rollouts', 'missed', 'upper bound'], rows.slice(0, 12));
}

function costs(faulty: readonly Cell[], against: 'bestTuned' | 'hindsight'): string {
  const timesSluice = (cell: Cell) =>
    (against === 'bestTuned' ? bestTunedCost(cell) : of(cell, 'threshold, with hindsight').meanCost) / of(cell, 'Sluice').meanCost;
  const traffic = [...new Set(faulty.map(({ requestsPerSecond }) => requestsPerSecond))].sort((one, other) => one - other);
  const groups = [
    ...noises.map((noise) => ({ name: noise as string, of: [noise] })),
    { name: 'all but iid', of: noises.filter((noise) => noise !== 'iid') },
  ];
  const rows = groups.map(({ name, of: some }) => [
    name,
    ...traffic.map((requestsPerSecond) =>
      ratio(faulty.filter((cell) => some.includes(cell.noise) && cell.requestsPerSecond === requestsPerSecond).map(timesSluice)),
    ),
  ]);
  return table(['', ...traffic.map((requestsPerSecond) => `${requestsPerSecond} rps`)], rows);
}

function costsOfPeers(faulty: readonly Cell[]): string {
  const names = [...defaults, ...tunedPeers, 'Sluice, plain'];
  return table(
    ['', ...names],
    noises.map((noise) => [
      noise,
      ...names.map((name) =>
        ratio(faulty.filter((cell) => cell.noise === noise).map((cell) => of(cell, name).meanCost / of(cell, 'Sluice').meanCost)),
      ),
    ]),
  );
}

function peerWins(faulty: readonly Cell[]): string {
  const rows = faulty
    .map((cell) => ({ cell, times: bestTunedCost(cell) / of(cell, 'Sluice').meanCost }))
    .filter(({ times }) => times < 1)
    .sort((one, other) => one.times - other.times);
  const shown = rows
    .slice(0, 20)
    .map(({ cell, times }) => [
      `${cell.requestsPerSecond} rps, ${percent(cell.usualShare)} usual, ${cell.noise}, ${cell.change}`,
      times.toFixed(2),
    ]);
  return `${rows.length} of ${faulty.length}; the ${shown.length} clearest\n${table(['', 'peer ÷ Sluice'], shown)}`;
}

function bestTunedCost(cell: Cell): number {
  return Math.min(...tunedPeers.map((name) => of(cell, name).meanCost));
}

function of({ rules }: Cell, name: string): RuleFigures {
  const found = rules.find(({ rule }) => rule === name);
  if (found === undefined) throw new RangeError(`no rule ${name}`);
  return found;
}

function ratio(values: readonly number[]): string {
  const some = values.filter((value) => Number.isFinite(value) && value > 0);
  return some.length === 0 ? '-' : Math.exp(some.reduce((sum, value) => sum + Math.log(value), 0) / some.length).toFixed(2);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function heading(text: string): string {
  return `\n${text}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

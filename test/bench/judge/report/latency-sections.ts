import { latencyNoises } from '../latency/latency-world.ts';
import { type LatencyCell, latencyChanges, latencyMargin } from '../latency/measure-latency.ts';
import { blockSeconds } from '../world.ts';
import { figuresBy, noiseTitles, trafficOf, worstOf } from './share-sections.ts';
import { geometricMean, percent, type Section, table, times, timesOf } from './table.ts';

const peers = [
  'Flagger as documented',
  "Argo Rollouts, Flagger's threshold",
  'Kayenta as published',
  'threshold, tuned',
  'Kayenta, tuned',
] as const;
const titles = {
  ...noiseTitles,
  drift: 'both sides drift',
  bursts: 'slow bursts on both sides',
  blips: 'one slow blip of the canary',
};

/** The tables of versions that are slower. */
export function latencySections(cells: readonly LatencyCell[]): Section[] {
  if (cells.length === 0) return [];
  const present = latencyNoises.filter((noise) => cells.some((cell) => cell.noise === noise));
  const traffic = trafficOf(cells);
  return [
    {
      name: 'latency-false-aborts',
      title:
        'Versions as fast as stable that were rolled back, in the worst service of each row (in brackets the exact upper bound of 95 %)',
      body: table(
        ['what disturbs', 'Sluice', ...peers],
        present.map((noise) => [
          titles[noise],
          ...['Sluice', ...peers].map((name) => {
            const healthy = cells.filter((cell) => cell.noise === noise && cell.change === 'healthy');
            const worst = worstOf(healthy, (cell) => figuresBy(cell, name).rolledBack);
            if (worst === undefined) return '-';
            const { rolledBack } = figuresBy(worst, name);
            return name === 'Sluice' ? timesOf(rolledBack, worst.runs) : percent(rolledBack / worst.runs);
          }),
        ]),
      ),
    },
    {
      name: 'latency',
      title:
        'Slower versions that were rolled back, over all disturbances and traffic of 10 requests a second and more, and how long it took on average',
      body: table(
        ['the canary', 'more slow answers', 'Sluice', ...peers],
        latencyChanges
          .filter((change) => change !== 'healthy')
          .map((change) => {
            const some = cells.filter((cell) => cell.change === change && cell.requestsPerSecond >= 10);
            const [first] = some;
            const within = (first?.worseBy ?? 0) <= latencyMargin.excess ? ', within the margin' : '';
            return [
              change,
              `${percent(first?.worseBy ?? 0).replace(' %', '')} points${within}`,
              ...['Sluice', ...peers].map((name) => rolledBackBy(some, name)),
            ];
          }),
      ),
    },
    {
      name: 'latency-costs',
      title:
        'Slow answers above baseline, the better of the two tuned peers of each cell ÷ Sluice: geometric mean over all versions that are worse than the margin',
      body: table(
        ['what disturbs', ...traffic.map((requestsPerSecond) => `${requestsPerSecond.toLocaleString('en-US')} rps`)],
        present.map((noise) => [
          titles[noise],
          ...traffic.map((requestsPerSecond) => {
            const some = cells.filter(
              (cell) => cell.noise === noise && cell.requestsPerSecond === requestsPerSecond && cell.worseBy > latencyMargin.excess,
            );
            return times(geometricMean(some.map((cell) => bestTunedCost(cell) / figuresBy(cell, 'Sluice').meanCost)));
          }),
        ]),
      ),
    },
  ];
}

function rolledBackBy(cells: readonly LatencyCell[], name: string): string {
  const runs = cells.reduce((sum, cell) => sum + cell.runs, 0);
  const figures = cells.map((cell) => figuresBy(cell, name));
  const rolledBack = figures.reduce((sum, each) => sum + each.rolledBack, 0);
  if (rolledBack === 0) return runs === 0 ? '-' : '0 %';
  const seconds = figures.reduce((sum, each) => sum + each.rolledBack * each.meanBlocks * blockSeconds, 0) / rolledBack;
  return `${percent(rolledBack / runs)}, ${Math.round(seconds)} s`;
}

function bestTunedCost(cell: LatencyCell): number {
  return Math.min(figuresBy(cell, 'threshold, tuned').meanCost, figuresBy(cell, 'Kayenta, tuned').meanCost);
}

import type { JudgeRun } from '../run.ts';
import { type Noise, noises } from '../world.ts';
import { type Chart, type ChartPoint, drawChart, type Series } from './chart.ts';
import { upperBound } from './exact-bound.ts';
import { boundedCells, costTimes, figuresBy, noiseTitles, trafficOf, worstOf } from './share-sections.ts';

/** The pictures of docs/judge.md, by the names of their files; none where too little was measured. */
export function chartsOf(run: JudgeRun): Readonly<Record<string, string>> {
  if (run.cells.length === 0) return {};
  return {
    'judge-false-aborts.svg': drawChart(falseAborts(run)),
    'judge-costs.svg': drawChart(costs(run)),
    'judge-requests.svg': drawChart(requests(run)),
  };
}

const shortTitles: Record<Noise, string> = {
  iid: 'nothing',
  drift: 'drift',
  bursts: 'bursts',
  blips: 'a blip',
  flaky: 'scrapes fail',
  clumps: 'clumps',
  noisy: 'three of them',
};

function under({ settings }: JudgeRun, what: string): string {
  return `${what}; ${settings.runs.toLocaleString('en-US')} simulated rollouts a cell, seed ${settings.seed}`;
}

/** The lowest share that is drawn: what never happened stands there. */
const leastShare = 0.0003;

function falseAborts(run: JudgeRun): Chart {
  const present = noises.filter((noise) => run.cells.some((cell) => cell.noise === noise));
  const shareOf = (rule: string, noise: Noise, withBound: boolean, x: number): ChartPoint[] => {
    const count = (cell: JudgeRun['cells'][number]) => figuresBy(cell, rule).rolledBack;
    const healthy = run.cells.filter((cell) => cell.noise === noise && cell.change === 'healthy');
    const worst = worstOf(healthy, count);
    if (worst === undefined) return [];
    return [{ x, y: count(worst) / worst.runs, ...(withBound ? { most: upperBound(count(worst), worst.runs) } : {}) }];
  };
  const series = (name: string, rule: string, color: Series['color'], aside: number): Series => ({
    name,
    color,
    joined: false,
    points: present.flatMap((noise, index) => shareOf(rule, noise, rule === 'Sluice', index + aside)),
  });
  return {
    title: 'Healthy versions that are rolled back',
    under: under(run, "In each rule's worst service; the line is the upper bound of 95 %"),
    x: {
      title: 'what disturbs',
      kind: 'linear',
      from: -0.5,
      to: present.length - 0.5,
      marks: present.map((noise, at) => ({ at, label: shortTitles[noise] })),
    },
    y: {
      title: 'of all rollouts',
      kind: 'log',
      from: leastShare,
      to: 1,
      marks: [
        { at: leastShare, label: 'none' },
        { at: 0.001, label: '0.1 %' },
        { at: 0.01, label: '1 %' },
        { at: 0.1, label: '10 %' },
        { at: 1, label: '100 %' },
      ],
    },
    series: [
      series('Flagger, example', 'Flagger as documented', 'pink', 0.2),
      series('Argo, example', 'Argo Rollouts as documented', 'yellow', 0.1),
      series('Kayenta', 'Kayenta as published', 'orange', -0.1),
      series('threshold, tuned', 'threshold, tuned', 'green', -0.2),
      series('Sluice', 'Sluice', 'blue', 0),
    ],
    limit: { y: run.settings.falseAlarmLevel, label: `the level, ${run.settings.falseAlarmLevel * 100} %` },
  };
}

const noiseColors: Record<Noise, Series['color']> = {
  iid: 'grey',
  drift: 'blue',
  bursts: 'orange',
  blips: 'green',
  flaky: 'yellow',
  clumps: 'pink',
  noisy: 'red',
};

function costs(run: JudgeRun): Chart {
  const traffic = trafficOf(run.cells);
  const { margin } = run.settings;
  return {
    title: 'Bad answers above baseline: the better of the tuned peers ÷ Sluice',
    under: under(run, 'Above 1, Sluice costs users less'),
    x: {
      title: 'requests a second',
      kind: 'log',
      from: (traffic[0] ?? 1) / 1.5,
      to: (traffic.at(-1) ?? 1) * 1.5,
      marks: traffic.map((at) => ({ at, label: at.toLocaleString('en-US') })),
    },
    y: {
      title: 'times',
      kind: 'log',
      from: 0.1,
      to: 100,
      marks: [0.1, 0.3, 1, 3, 10, 30, 100].map((at) => ({ at, label: String(at) })),
    },
    series: noises
      .filter((noise) => run.cells.some((cell) => cell.noise === noise))
      .map((noise) => ({
        name: noiseTitles[noise],
        color: noiseColors[noise],
        joined: true,
        points: traffic.map((requestsPerSecond) => ({ x: requestsPerSecond, y: costTimes(run.cells, margin, noise, requestsPerSecond) })),
      })),
    limit: { y: 1, label: 'alike' },
  };
}

const targetTimes = 1.6;

function requests(run: JudgeRun): Chart {
  const bounded = boundedCells(run.cells);
  const points = (rule: string) =>
    bounded.map((cell): ChartPoint => ({ x: cell.bound ?? Number.NaN, y: figuresBy(cell, rule).timesBound ?? Number.NaN }));
  return {
    title: 'Canary requests until a bad version is rolled back ÷ what any test needs',
    under: under(run, 'Where nothing disturbs, two blocks taken off'),
    x: {
      title: 'requests that any test needs',
      kind: 'log',
      from: 10,
      to: 100_000,
      marks: [10, 100, 1_000, 10_000, 100_000].map((at) => ({ at, label: at.toLocaleString('en-US') })),
    },
    y: { title: 'times', kind: 'linear', from: 0, to: 3, marks: [0, 1, 2, 3].map((at) => ({ at, label: String(at) })) },
    series: [
      { name: 'the evidence alone', color: 'grey', joined: false, points: points('Sluice, plain') },
      { name: 'Sluice', color: 'blue', joined: false, points: points('Sluice') },
    ],
    limit: { y: targetTimes, label: `target of the evidence, ${targetTimes}` },
  };
}

import { allowedShare } from '../../core/analysis/proportion/margin.ts';
import type { Backtest, BacktestComparison, BacktestSamples } from '../../core/backtest/backtest.ts';
import { coarsen } from '../../core/backtest/course.ts';
import type { ThresholdSpec } from '../../core/spec/query-spec.ts';
import { lines } from '../output/svg.ts';

/** A curve over time; undefined is where there is nothing to draw. */
export interface Curve {
  readonly name: string;
  readonly stroke: string;
  readonly dashes?: string;
  readonly points: readonly (readonly [atMs: number, value: number | undefined])[];
}

/** Where a value stands between the foot of a panel (0) and its top (1), and which values are written beside it. */
interface Scale {
  readonly place: (value: number) => number;
  readonly marks: readonly { readonly value: number; readonly label: string }[];
}

export interface Panel {
  readonly title: string;
  readonly scale: Scale;
  readonly curves: readonly Curve[];
}

const strokes = { canary: '#58a6ff', stable: '#9da7b3', allowed: '#d29922', fails: '#ff7b72' } as const;
/** Shares of few requests jump: over the whole width, so many stretches are drawn. */
const mostStretches = 90;
/** Evidence and values are drawn as finely as the width allows. */
const mostLooks = 480;

export function panelsOf(of: Backtest): Panel[] {
  return [
    ...of.comparisons.flatMap((comparison) => [sharePanel(comparison), evidencePanel(comparison, of)]),
    ...of.thresholds.map((each) => valuePanel(each, of)),
    ...of.samples.map(samplesPanel),
  ];
}

export function plot({ points, stroke, dashes }: Curve, x: (atMs: number) => number, y: (value: number) => number): string {
  const pieces: [number, number][][] = [[]];
  for (const [atMs, value] of points) {
    if (value === undefined) pieces.push([]);
    else pieces.at(-1)?.push([x(atMs), y(value)]);
  }
  return lines(
    pieces.filter((piece) => piece.length > 0),
    stroke,
    dashes,
  );
}

function sharePanel({ proportion, badMeans, course }: BacktestComparison): Panel {
  const drawn = coarsen(course, mostStretches);
  const share = ({ all, bad }: { readonly all: number; readonly bad: number }) => (all === 0 ? undefined : bad / all);
  const of = (value: (stretch: (typeof drawn)[number]) => number | undefined) =>
    drawn.map((stretch) => [(stretch.fromMs + stretch.toMs) / 2, value(stretch)] as const);
  const curves: Curve[] = [
    {
      name: 'allowed',
      stroke: strokes.allowed,
      dashes: '4 3',
      points: of(({ stable }) => {
        const stableShare = share(stable);
        if (proportion.baseline === 'none' || stableShare === undefined) return proportion.allowedAlone;
        return Math.min(1, allowedShare(stableShare, proportion.margin));
      }),
    },
    { name: 'stable', stroke: strokes.stable, points: of(({ stable }) => share(stable)) },
    { name: 'canary', stroke: strokes.canary, points: of(({ canary }) => share(canary)) },
  ];
  return { title: `${proportion.name}: share that ${badMeans}`, scale: linear(0, mostOf(curves), percent), curves };
}

function evidencePanel({ proportion, falseAlarmLevel }: BacktestComparison, { looks, fromMs, toMs }: Backtest): Panel {
  const enough = 1 / falseAlarmLevel;
  const points = looks.map(({ atMs, verdicts }) => {
    return [atMs, verdicts.find(({ name }) => name === proportion.name)?.evidence] as const;
  });
  const fails: Curve = {
    name: 'fails',
    stroke: strokes.fails,
    dashes: '4 3',
    points: [
      [fromMs, enough],
      [toMs, enough],
    ],
  };
  return {
    title: `${proportion.name}: evidence against the canary`,
    scale: logarithmic(0.01, enough * 100, [0.01, 1, enough]),
    curves: [fails, { name: 'evidence', stroke: strokes.canary, points: peaks(points) }],
  };
}

function valuePanel({ name, min, max }: ThresholdSpec, { looks, fromMs, toMs }: Backtest): Panel {
  const points = looks.map(({ atMs, verdicts }) => [atMs, verdicts.find((each) => each.name === name)?.value] as const);
  const bound = (what: string, value: number | undefined): Curve[] =>
    value === undefined
      ? []
      : [
          {
            name: what,
            stroke: strokes.fails,
            dashes: '4 3',
            points: [
              [fromMs, value],
              [toMs, value],
            ],
          },
        ];
  const curves: Curve[] = [...bound('max', max), ...bound('min', min), { name: 'value', stroke: strokes.canary, points: peaks(points) }];
  const values = curves.flatMap((curve) => curve.points.flatMap(([, value]) => value ?? []));
  return { title: name, scale: linear(Math.min(0, ...values), mostOf(curves), short), curves };
}

function samplesPanel({ name, canary, stable }: BacktestSamples): Panel {
  const curves: Curve[] = [
    { name: 'stable', stroke: strokes.stable, points: peaks(stable.map(({ atMs, value }) => [atMs, value])) },
    { name: 'canary', stroke: strokes.canary, points: peaks(canary.map(({ atMs, value }) => [atMs, value])) },
  ];
  const least = [...canary, ...stable].reduce((low, { value }) => Math.min(low, value), 0);
  return { title: name, scale: linear(least, mostOf(curves), short), curves };
}

/** The highest of each few looks, so that no peak is lost where there are more looks than pixels. */
function peaks(points: Curve['points']): Curve['points'] {
  const each = Math.max(1, Math.ceil(points.length / mostLooks));
  return Array.from({ length: Math.ceil(points.length / each) }, (_, index) => {
    const part = points.slice(index * each, (index + 1) * each);
    return part.reduce((high, point) => ((point[1] ?? Number.NEGATIVE_INFINITY) > (high[1] ?? Number.NEGATIVE_INFINITY) ? point : high));
  });
}

function mostOf(curves: readonly Curve[]): number {
  return curves.reduce((most, { points }) => points.reduce((high, [, value]) => Math.max(high, value ?? 0), most), 0);
}

/** Room above the highest value for the panel's title. */
const headroom = 1.35;

function linear(low: number, high: number, label: (value: number) => string): Scale {
  const span = (high - low) * headroom || 1;
  const marks = [low, high].filter((value, index, all) => all.indexOf(value) === index);
  return { place: (value) => clamp((value - low) / span), marks: marks.map((value) => ({ value, label: label(value) })) };
}

function logarithmic(low: number, high: number, marks: readonly number[]): Scale {
  const place = (value: number) => clamp(Math.log(Math.max(value, low) / low) / Math.log(high / low));
  return { place, marks: marks.map((value) => ({ value, label: short(value) })) };
}

function clamp(part: number): number {
  return Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(value: number): string {
  return `${Number((value * 100).toPrecision(2))} %`;
}

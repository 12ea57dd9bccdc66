import { dot, line, picture, text } from '../../../../cli/output/svg.ts';

export interface ChartPoint {
  /** A value of a scale, or the index of a category. */
  readonly x: number;
  readonly y: number;
  /** The upper end of what it may be by chance. */
  readonly most?: number;
}

export interface Series {
  readonly name: string;
  readonly color: keyof typeof colors;
  readonly joined: boolean;
  readonly points: readonly ChartPoint[];
}

export interface Scale {
  readonly title: string;
  readonly kind: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  /** Where the scale is labelled. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

export interface Chart {
  readonly title: string;
  readonly under: string;
  readonly x: Scale;
  readonly y: Scale;
  readonly series: readonly Series[];
  /** A line across at what matters, in words. */
  readonly limit: { readonly y: number; readonly label: string };
}

/** On the ground of `picture`: told apart by those who see no red or green too (Okabe, Ito, Color universal design, 2008). */
export const colors = {
  blue: '#56b4e9',
  orange: '#e69f00',
  green: '#009e73',
  red: '#ff7b55',
  pink: '#cc79a7',
  yellow: '#f0e442',
  grey: '#9da7b3',
} as const;

const [bright, dim, faint] = ['#e6edf3', '#9da7b3', '#30363d'];
const size = { width: 880, height: 440 } as const;
const plot = { left: 70, top: 100, right: 640, bottom: 380 } as const;

/** A chart as SVG: the same for the same values. What lies beyond a scale is drawn at its end. */
export function drawChart(chart: Chart): string {
  const x = (value: number) => plot.left + (plot.right - plot.left) * partOf(chart.x, value);
  const y = (value: number) => plot.bottom - (plot.bottom - plot.top) * partOf(chart.y, value);
  const limitY = y(chart.limit.y);
  return picture(size, `${chart.title}. ${chart.under}`, [
    text(30, 34, chart.title, { fill: bright, size: 18, bold: true }),
    text(30, 56, chart.under, { fill: dim }),
    ...chart.y.marks.flatMap(({ at, label }) => [
      line(
        [
          [plot.left, y(at)],
          [plot.right, y(at)],
        ],
        faint,
      ),
      text(plot.left - 8, y(at) + 4, label, { fill: dim, size: 12, anchor: 'end' }),
    ]),
    ...chart.x.marks.map(({ at, label }) => text(x(at), plot.bottom + 20, label, { fill: dim, size: 12, anchor: 'middle' })),
    text((plot.left + plot.right) / 2, plot.bottom + 42, chart.x.title, { fill: dim, anchor: 'middle' }),
    text(30, plot.top - 18, chart.y.title, { fill: dim, size: 12 }),
    line(
      [
        [plot.left, limitY],
        [plot.right, limitY],
      ],
      bright,
    ),
    text(plot.right + 8, limitY + 4, chart.limit.label, { fill: bright, size: 12 }),
    ...chart.series.flatMap((series) => drawSeries(series, x, y)),
    ...legend(chart.series, limitY),
  ]);
}

function drawSeries({ points, color, joined }: Series, x: (value: number) => number, y: (value: number) => number): string[] {
  const fill = colors[color];
  const known = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const whiskers = known.flatMap((point) =>
    point.most === undefined
      ? []
      : [
          line(
            [
              [x(point.x), y(point.y)],
              [x(point.x), y(point.most)],
            ],
            fill,
            2,
          ),
        ],
  );
  const joint =
    joined && known.length > 1
      ? [
          line(
            known.map((point) => [x(point.x), y(point.y)] as const),
            fill,
            2,
          ),
        ]
      : [];
  return [...joint, ...whiskers, ...known.map((point) => dot(x(point.x), y(point.y), 4, fill))];
}

/** Beside the plot, clear of the limit's words. */
function legend(series: readonly Series[], limitY: number): string[] {
  const rowHeight = 22;
  const top = limitY < plot.top + 12 + series.length * rowHeight && limitY > plot.top - 20 ? limitY + 26 : plot.top + 6;
  return series.flatMap(({ name, color }, index) => [
    dot(plot.right + 16, top + index * rowHeight, 5, colors[color]),
    text(plot.right + 28, top + 4 + index * rowHeight, name, { fill: bright }),
  ]);
}

function partOf({ kind, from, to }: Scale, value: number): number {
  const within = Math.min(to, Math.max(from, value));
  return kind === 'log' ? Math.log(within / from) / Math.log(to / from) : (within - from) / (to - from);
}

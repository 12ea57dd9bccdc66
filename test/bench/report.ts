import type { Figure, FigureResult, Reading } from './figure.ts';
import { statisticOf } from './statistics.ts';

export interface Measured {
  readonly figure: Pick<Figure, 'name' | 'title'>;
  readonly result: FigureResult | { readonly failed: string };
}

/** Whether the reading keeps its target, in words. */
export function verdictOf(reading: Reading): 'met' | 'missed' | '' {
  if (reading.target === undefined) return '';
  return statisticOf(reading.samples, reading.target.of) <= reading.target.atMost ? 'met' : 'missed';
}

/** One figure: a line per reading, then what they consist of. */
export function formatFigure({ figure, result }: Measured): string {
  const head = `\n${figure.title} (${figure.name})`;
  if ('failed' in result) return `${head}\n  could not be measured: ${result.failed}`;
  const rows = result.readings.map((reading) => [
    `  ${reading.what}`,
    String(reading.samples.length),
    ...(['median', 'p99', 'max'] as const).map((statistic) => formatNumber(statisticOf(reading.samples, statistic))),
    reading.unit,
    reading.floor === undefined ? '' : formatNumber(statisticOf(reading.floor, 'median')),
    targetText(reading),
  ]);
  const table = alignColumns([['  ', 'n', 'median', 'p99', 'max', '', 'floor', 'target'], ...rows]);
  return [head, ...table, ...result.notes.map((note) => `  ${note}`)].join('\n');
}

/** The table at the end: every reading that has a target, and whether it is met. */
export function formatSummary(all: readonly Measured[]): string {
  const rows = all.flatMap(({ figure, result }) => {
    if ('failed' in result) return [[figure.name, 'could not be measured', '', '', 'not measured']];
    return result.readings.flatMap((reading) => {
      if (reading.target === undefined) return [];
      const measured = `${formatNumber(statisticOf(reading.samples, reading.target.of))} ${reading.unit}`;
      return [[figure.name, reading.what, measured, targetText(reading), `target ${verdictOf(reading)}`]];
    });
  });
  return [
    '\nSummary',
    ...alignColumns([['  figure', 'what', 'measured', 'target', ''], ...rows.map(([first, ...rest]) => [`  ${first}`, ...rest])]),
  ].join('\n');
}

function targetText({ target }: Reading): string {
  return target === undefined ? '' : `${target.of} <= ${formatNumber(target.atMost)}`;
}

/** Three digits that mean something, and no exponent. @example formatNumber(0.012345) // '0.0123' */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(digits, 8));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

import { upperBound } from './exact-bound.ts';

/** A table of the report, in Markdown: docs/judge.md has it between marks of this name. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly body: string;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @example percent(0.0123) // '1.23 %' */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** How often, and the exact upper bound of 95 %. @example timesOf(1, 1000) // '0.1 % (0.47 %)' */
export function timesOf(times: number, of: number): string {
  return of === 0 ? '-' : `${percent(times / of)} (${Number((upperBound(times, of) * 100).toPrecision(2))} %)`;
}

/** Two digits that mean something. @example times(0.314) // '0.31'. @example times(26.4) // '26' */
export function times(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

export function geometricMean(values: readonly number[]): number {
  const some = values.filter((value) => Number.isFinite(value) && value > 0);
  return some.length === 0 ? Number.NaN : Math.exp(some.reduce((sum, value) => sum + Math.log(value), 0) / some.length);
}

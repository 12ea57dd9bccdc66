import type { PortCall } from './port-trace.ts';
import { formatNumber } from './report.ts';
import { quantile } from './statistics.ts';

/**
 * Where the time of an act goes: a line per call, in the order in which they began, with the median of its start and of its end over
 * all acts. The second call of a kind is told apart from the first.
 *
 * @example '1.2 -> 4.5 ms  GET virtualservices'
 */
export function describeCalls(acts: readonly (readonly PortCall[])[]): string[] {
  const found = new Map<string, { readonly starts: number[]; readonly ends: number[] }>();
  for (const calls of acts) {
    const seen = new Map<string, number>();
    for (const { what, startMs, endMs } of calls.toSorted((a, b) => a.startMs - b.startMs)) {
      const nth = (seen.get(what) ?? 0) + 1;
      seen.set(what, nth);
      const name = nth === 1 ? what : `${what} (${nth})`;
      const entry = found.get(name) ?? { starts: [], ends: [] };
      found.set(name, entry);
      entry.starts.push(startMs);
      entry.ends.push(endMs);
    }
  }
  return [...found]
    .map(([name, { starts, ends }]) => ({ name, start: quantile(starts, 0.5), end: quantile(ends, 0.5) }))
    .toSorted((a, b) => a.start - b.start)
    .map(({ name, start, end }) => `${formatNumber(start)} -> ${formatNumber(end)} ms  ${name}`);
}

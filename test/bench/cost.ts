import { listPrices, type PricedPart } from './prices.ts';
import { sum } from './statistics.ts';

/** How much of each part was used. */
export type Usage = Readonly<Partial<Record<PricedPart, number>>>;

export interface CostLine {
  readonly part: PricedPart;
  readonly count: number;
  readonly dollars: number;
}

/** What a usage costs by list prices, the dearest part first. */
export function costOf(usage: Usage): { readonly lines: readonly CostLine[]; readonly dollars: number } {
  const lines = (Object.keys(listPrices.prices) as PricedPart[])
    .map((part): CostLine => ({ part, count: usage[part] ?? 0, dollars: (usage[part] ?? 0) * listPrices.prices[part].each }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.dollars - a.dollars);
  return { lines, dollars: sum(lines.map(({ dollars }) => dollars)) };
}

/** What a call of a Lambda is assumed to work beside its waiting: start of the sandbox, requests over a network, JSON. */
export const assumedWorkMs = 200;

/** Calls of one function. */
export interface Calls {
  readonly count: number;
  /** How long they waited in all. */
  readonly waitedMs: number;
  /** Lambda charges for the memory that a function is given, used or not. */
  readonly memoryMb: number;
}

/**
 * GB-seconds of calls.
 *
 * @example lambdaGigabyteSeconds([{ count: 10, waitedMs: 58_000, memoryMb: 512 }]) // (58 s + 10 × 0.2 s) × 0.5 GB = 30
 */
export function lambdaGigabyteSeconds(calls: readonly Calls[]): number {
  return sum(calls.map(({ count, waitedMs, memoryMb }) => ((waitedMs + count * assumedWorkMs) / 1000) * (memoryMb / 1024)));
}

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

/** What one Lambda of 256 MB is assumed to work beside its waiting: start of the sandbox, requests over a network, JSON. */
export const assumedWorkMs = 200;
const lambdaGigabytes = 0.25;

/**
 * GB-seconds of so many calls that waited so long in all.
 *
 * @example lambdaGigabyteSeconds(10, 58_000) // (58 s + 10 × 0.2 s) × 0.25 GB = 15
 */
export function lambdaGigabyteSeconds(calls: number, waitedMs: number): number {
  return ((waitedMs + calls * assumedWorkMs) / 1000) * lambdaGigabytes;
}

/** 365.25 days in twelve parts. */
export const minutesPerMonth = 43_830;

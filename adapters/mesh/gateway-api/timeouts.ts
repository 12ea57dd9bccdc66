import { isDeepStrictEqual } from 'node:util';
import type { RouteRule, Timeouts } from './route-rules.ts';
import type { RuleMemory } from './rule-memory.ts';

type Remembered = RuleMemory['timeouts'];

const millisecondsPer: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/**
 * A rule whose requests take at most so long, all tries together, and what to remember in order to undo it. A longer limit of a single try is
 * brought down with it: the API server refuses one above the limit of the whole.
 * https://gateway-api.sigs.k8s.io/geps/gep-1742/
 */
export function withTimeout(rule: RouteRule, timeoutSeconds: number): { rule: RouteRule; timeouts: Remembered } {
  const before = rule.timeouts;
  const request = durationText(timeoutSeconds);
  const perTry = before?.backendRequest;
  const isLonger = perTry !== undefined && millisecondsOf(perTry) > timeoutSeconds * 1_000;
  const wrote: Timeouts = { ...before, request, ...(isLonger ? { backendRequest: request } : {}) };
  return { rule: { ...rule, timeouts: wrote }, timeouts: { wrote, ...(before === undefined ? {} : { before }) } };
}

/** A rule with the timeouts that it had, unless somebody has changed them since. */
export function withoutTimeout(rule: RouteRule, remembered: Remembered): RouteRule {
  if (remembered === undefined || !isDeepStrictEqual(rule.timeouts, remembered.wrote)) return rule;
  const { timeouts: _, ...rest } = rule;
  return remembered.before === undefined ? rest : { ...rest, timeouts: remembered.before };
}

/**
 * GEP-2257: up to five digits a unit.
 *
 * @example durationText(90) // 90s
 * @example durationText(200_000) // 55h2000s
 */
function durationText(seconds: number): string {
  if (seconds < 100_000) return `${seconds}s`;
  const hours = Math.floor(seconds / 3_600);
  return `${hours}h${seconds - hours * 3_600}s`;
}

function millisecondsOf(text: string): number {
  return [...text.matchAll(/(\d+)(h|ms|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (millisecondsPer[unit ?? ''] ?? 0),
    0,
  );
}

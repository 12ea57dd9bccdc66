import { escapeForPromql } from './query-template.ts';

/** A selector, or what may hold braces and is none: a string or a comment. */
const pieces =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|(?:[a-zA-Z_:][\w:]*\s*)?\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[^}"'`])*\}/g;

/**
 * One query for the time, in seconds, of the newest sample that any of these queries has of the canary. Prometheus stamps an answer with the time
 * of the question; only `timestamp` of a bare selector tells when that series was scraped. Undefined where no selector names the canary.
 *
 * @param queries Filled already.
 * @example newestSampleQuery(['rate(errors_total{app="shop-canary"}[10s])'], 'shop-canary')
 *   // max(timestamp(errors_total{app="shop-canary"}))
 */
export function newestSampleQuery(queries: readonly string[], canary: string): string | undefined {
  const found = queries.flatMap((query) => query.match(pieces) ?? []).filter((piece) => /^[^"'`#].*\}$/s.test(piece));
  const ofCanary = [...new Set(found)].filter((selector) => selector.includes(escapeForPromql(canary)));
  return ofCanary.length === 0 ? undefined : `max(${ofCanary.map((selector) => `timestamp(${selector})`).join(' or ')})`;
}

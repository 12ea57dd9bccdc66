const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, y: 31_536_000 };

/**
 * How far a PromQL query looks back: its longest range and its longest offset together. A sample older than that cannot be in its
 * answer. What stands in quotes is no range.
 *
 * @example queryWindowSeconds('sum(rate(errors_total{path="[1h]"}[5m])) / sum(rate(requests_total[1m30s]))') // 300
 * @example queryWindowSeconds('rate(errors_total[1m] offset 5m)') // 360
 */
export function queryWindowSeconds(promql: string): number {
  const bare = promql.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/g, '');
  const longest = (pattern: RegExp) => Math.max(0, ...[...bare.matchAll(pattern)].map(([, text = '']) => durationSeconds(text)));
  return longest(/\[\s*([\da-z]+)/g) + longest(/\boffset\s+([\da-z]+)/gi);
}

/** @example durationSeconds('1m30s') // 90 */
function durationSeconds(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
}

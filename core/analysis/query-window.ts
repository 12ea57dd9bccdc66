const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, y: 31_536_000 };

/** What stands in quotes or behind a hash is no range, and a fixed time has parentheses that hold nothing. */
const noRange = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|@\s*(?:start|end)\s*\(\s*\)/g;
/** Parentheses, ranges, offsets; and words, commas and operators, with which another part of the query begins. */
const tokens = /[()]|\[([^\]]*)\]|\boffset\s*(-?)\s*([\d.]+[\da-z]*)|[A-Za-z_:][\w:]*|[-+*/%^,<>=!]/gi;

/**
 * How far a PromQL query looks back: of all its parts the one whose ranges and offsets come to the most. A subquery adds to what stands in it. A sample
 * older than that cannot be in its answer.
 *
 * @example queryWindowSeconds('sum(rate(errors_total{path="[1h]"}[5m])) / sum(rate(requests_total[1m30s]))') // 300
 * @example queryWindowSeconds('rate(errors_total[1m] offset 5m)') // 360
 * @example queryWindowSeconds('max_over_time(rate(errors_total[5m])[10m:1m])') // 900
 */
export function queryWindowSeconds(promql: string): number {
  const open: number[] = [];
  let most = 0;
  let part = 0;
  const begin = (next: number) => {
    most = Math.max(most, part);
    part = next;
  };
  for (const [token, range, minus, offset] of promql.replaceAll(noRange, '').matchAll(tokens)) {
    if (range !== undefined) {
      const [span = '', step] = range.split(':');
      if (step === undefined) begin(durationSeconds(span));
      else part += durationSeconds(span);
    } else if (offset !== undefined) part += minus === '-' ? 0 : durationSeconds(offset);
    else if (token === '(') {
      begin(0);
      open.push(most);
      most = 0;
    } else if (token === ')') {
      begin(0);
      part = most;
      most = open.pop() ?? 0;
    } else begin(0);
  }
  return Math.max(most, part);
}

/** @example durationSeconds('1m30s') // 90, and durationSeconds('300') // 300: Prometheus takes a bare number for seconds */
function durationSeconds(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])?/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (unitSeconds[unit] ?? 0),
    0,
  );
}

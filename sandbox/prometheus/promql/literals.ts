const unitMs: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** `1h30m` in milliseconds, or undefined where the text is no duration. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(ms|[ywdhms]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
}

/**
 * A number as PromQL writes it: decimal, hexadecimal, octal with a leading 0, Inf, NaN in any case, or a duration, which counts
 * as its seconds.
 *
 * @example parseNumber('-0x1f') // -31
 */
export function parseNumber(text: string): number {
  const compact = text.replaceAll(/[\s_]/g, '');
  if (/^[+-]/.test(compact)) return compact.startsWith('-') ? -parseNumber(compact.slice(1)) : parseNumber(compact.slice(1));
  if (/^inf$/i.test(compact)) return Number.POSITIVE_INFINITY;
  if (/^0[0-7]+$/.test(compact)) return Number.parseInt(compact, 8);
  const durationMs = parseDurationMs(compact);
  return durationMs === undefined ? Number(compact) : durationMs / 1000;
}

/**
 * The duration of a range or an offset in milliseconds, or what is wrong with it. Arithmetic between durations is an experimental
 * feature of Prometheus, off by default.
 */
export function durationMs(text: string): number | string {
  if (!/^[+-]?\s*[\w.]+$/.test(text)) return 'experimental duration expression is not enabled';
  const seconds = parseNumber(text);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : 'duration out of range';
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const escapePattern = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs;

/**
 * The text of a string literal, unescaped as in Go. Undefined where an escape does not exist: a quote may be escaped only in a
 * string of that same quote.
 */
export function unquote(literal: string): string | undefined {
  const quote = literal.charAt(0);
  const body = literal.slice(1, -1);
  if (quote === '`') return body;
  let isValid = !body.includes('\n');
  const text = body.replace(escapePattern, (_, escaped: string) => {
    const unescaped = escaped === quote ? quote : (simpleEscapes[escaped] ?? codePoint(escaped));
    if (unescaped === undefined) isValid = false;
    return unescaped ?? '';
  });
  return isValid ? text : undefined;
}

function codePoint(escaped: string): string | undefined {
  if (/^[xuU]./.test(escaped)) return fromCode(Number.parseInt(escaped.slice(1), 16));
  return /^[0-7]{3}$/.test(escaped) ? fromCode(Number.parseInt(escaped, 8)) : undefined;
}

function fromCode(code: number): string | undefined {
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

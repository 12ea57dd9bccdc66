/** A sample's value as the HTTP API writes it: plain digits, an exponent only below 1e-6 or from 1e21 on. */
export function formatValue(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? padExponent(String(value)) : formatNonFinite(value);
}

/** An alert's value as /api/v1/alerts writes it: always with an exponent, such as `1e+00`. */
export function formatScientific(value: number): string {
  return Number.isFinite(value) ? padExponent(value.toExponential()) : formatNonFinite(value);
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** Go writes at least two digits of an exponent, JavaScript one. */
function padExponent(text: string): string {
  return text.replace(/e[+-](?=\d$)/, (sign) => `${sign}0`);
}

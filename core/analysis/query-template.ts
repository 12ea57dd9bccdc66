/** What a query template may name. */
export interface QueryValues {
  /** The canary's workload, as its series name it. */
  readonly canary: string;
  readonly stable: string;
  readonly namespace: string;
  /** The interval of the analysis; `{{interval}}` becomes a PromQL duration. */
  readonly intervalSeconds: number;
}

/** The name is trimmed afterwards: an expression that left out the blanks around it by itself would take a second for a thousand of them. */
const placeholder = /\{\{([^{}]*)\}\}/g;
const known: readonly string[] = ['canary', 'stable', 'namespace', 'interval'];

/**
 * Fills `{{canary}}`, `{{stable}}`, `{{namespace}}` and `{{interval}}` into PromQL. The values are escaped so that they stay
 * inside a string in double or single quotes, whichever the template uses. A raw string in backquotes has no escapes: a value
 * in one is taken as it is escaped here. An unknown placeholder is left as it stands; lint refuses it beforehand, with
 * `unknownPlaceholders`.
 *
 * @example fillQuery('rate(errors_total{app="{{canary}}"}[{{interval}}])', { canary: 'shop-canary', ..., intervalSeconds: 10 })
 *   // rate(errors_total{app="shop-canary"}[10s])
 */
export function fillQuery(template: string, values: QueryValues): string {
  return template.replace(placeholder, (whole, name: string) => {
    switch (name.trim()) {
      case 'canary':
        return escapeForPromql(values.canary);
      case 'stable':
        return escapeForPromql(values.stable);
      case 'namespace':
        return escapeForPromql(values.namespace);
      case 'interval':
        return promqlDuration(values.intervalSeconds);
      default:
        return whole;
    }
  });
}

/** The names between double braces that `fillQuery` does not fill, each once, in the order in which they stand. */
export function unknownPlaceholders(template: string): string[] {
  const names = [...template.matchAll(placeholder)].map(([, name = '']) => name.trim());
  return [...new Set(names.filter((name) => !known.includes(name)))];
}

/** PromQL refuses `\'` within double quotes and `\"` within single ones; the hexadecimal form is taken within both. */
export function escapeForPromql(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\x22').replaceAll("'", '\\x27').replaceAll('\n', '\\n');
}

/** PromQL has no fractions of a unit: 1.5 s is 1500ms. */
function promqlDuration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

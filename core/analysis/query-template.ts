/** What a query template may name. */
export interface QueryValues {
  /** The canary's Service. */
  readonly canary: string;
  readonly stable: string;
  /** The canary's Deployment. */
  readonly canaryWorkload: string;
  readonly stableWorkload: string;
  readonly namespace: string;
  /** The interval of the analysis; `{{interval}}` becomes a PromQL duration. */
  readonly intervalSeconds: number;
}

/** The name is trimmed afterwards: an expression that left out the blanks around it by itself would take a second for a thousand of them. */
const placeholder = /\{\{([^{}]*)\}\}/g;

/** What each name stands for in PromQL. */
const fillings = {
  canary: ({ canary }) => escapeForPromql(canary),
  stable: ({ stable }) => escapeForPromql(stable),
  canaryWorkload: ({ canaryWorkload }) => escapeForPromql(canaryWorkload),
  stableWorkload: ({ stableWorkload }) => escapeForPromql(stableWorkload),
  namespace: ({ namespace }) => escapeForPromql(namespace),
  interval: ({ intervalSeconds }) => promqlDuration(intervalSeconds),
} as const satisfies Readonly<Record<string, (values: QueryValues) => string>>;

/** The names that may stand between double braces. */
export const placeholders: readonly string[] = Object.keys(fillings);

/**
 * Fills what stands between double braces, such as `{{canary}}` and `{{interval}}`, into PromQL. The values are escaped so that they stay
 * inside a string in double or single quotes, whichever the template uses. A raw string in backquotes has no escapes: a value
 * in one is taken as it is escaped here. An unknown placeholder is left as it stands; lint refuses it beforehand, with
 * `unknownPlaceholders`.
 *
 * @example fillQuery('rate(errors_total{app="{{canary}}"}[{{interval}}])', { canary: 'shop-canary', ..., intervalSeconds: 10 })
 *   // rate(errors_total{app="shop-canary"}[10s])
 */
export function fillQuery(template: string, values: QueryValues): string {
  return template.replace(placeholder, (whole, name: string) => {
    const known = name.trim();
    return isPlaceholder(known) ? fillings[known](values) : whole;
  });
}

function isPlaceholder(name: string): name is keyof typeof fillings {
  return Object.hasOwn(fillings, name);
}

/** The names between double braces that `fillQuery` does not fill, each once, in the order in which they stand. */
export function unknownPlaceholders(template: string): string[] {
  const names = [...template.matchAll(placeholder)].map(([, name = '']) => name.trim());
  return [...new Set(names.filter((name) => !isPlaceholder(name)))];
}

/** PromQL refuses `\'` within double quotes and `\"` within single ones; the hexadecimal form is taken within both. */
export function escapeForPromql(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\x22').replaceAll("'", '\\x27').replaceAll('\n', '\\n');
}

/** PromQL has no fractions of a unit: 1.5 s is 1500ms. */
function promqlDuration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

import * as z from 'zod/mini';
import { duration } from './duration.ts';
import { type DelayedRole, type MetricRole, roleSource, toRole } from './metric-role.ts';
import { positiveInt } from './names.ts';

/** How many failed measurements a metric may have before its verdict is fail: in a row, for so long without a good one, and in the whole rollout. */
const failures = z.pipe(
  z.strictObject({
    consecutive: z.optional(
      positiveInt.check(z.describe('So many failed measurements in a row fail the metric; 2 where no limit is given')),
    ),
    for: z.optional(duration.check(z.describe('Out of bounds for so long, with no measurement within, fails the metric'))),
    total: z.optional(
      positiveInt.check(z.describe('So many failed measurements in the whole rollout fail the metric; 5 where `for` is not given')),
    ),
  }),
  z.transform(({ consecutive, for: forSeconds, total }): FailureLimits => {
    if (forSeconds === undefined) return { consecutive: consecutive ?? 2, total: total ?? 5 };
    return { forSeconds, ...(consecutive === undefined ? {} : { consecutive }), ...(total === undefined ? {} : { total }) };
  }),
);

/** At least one of them. */
export interface FailureLimits {
  readonly consecutive?: number;
  readonly total?: number;
  readonly forSeconds?: number;
}

export const metricName = z
  .string()
  .check(z.minLength(1), z.maxLength(80), z.describe('Stands in verdicts and notifications; differs from all others'));

/** What every metric has that is held against thresholds, whoever answers it. */
export const thresholds = {
  min: z.optional(z.number().check(z.describe('A measurement below it fails. At least one of min and max is given'))),
  max: z.optional(z.number().check(z.describe('A measurement above it fails. At least one of min and max is given'))),
  failures: z.prefault(failures, {}),
  ...roleSource,
};

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export const hasThreshold = z.refine<Bounds>((m) => m.min !== undefined || m.max !== undefined, {
  error: 'a threshold: min, max or both',
  path: ['max'],
});
export const hasOrder = z.refine<Bounds>((m) => m.min === undefined || m.max === undefined || m.min <= m.max, {
  error: 'a min that is at most max',
  path: ['min'],
});

export const queryMetric = z
  .strictObject({
    name: metricName,
    query: z
      .string()
      .check(
        z.minLength(1),
        z.describe(
          'PromQL with one value as its answer. Filled in: {{canary}}, {{stable}}, {{canaryWorkload}}, {{stableWorkload}}, {{namespace}}, {{interval}}',
        ),
      ),
    ...thresholds,
  })
  .check(hasThreshold, hasOrder);

/** Of whatever is measured as one number: what it is held against. */
export interface ThresholdSpec {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  readonly failures: FailureLimits;
}

/** The answer to a query, against thresholds. */
export interface QuerySpec extends ThresholdSpec {
  /** Still with its placeholders. */
  readonly query: string;
  /** Of a ready-made one: which limit of the canary's containers it is about. */
  readonly saturation?: 'cpu' | 'memory';
  readonly role: MetricRole;
}

export function toQuery(source: z.infer<typeof queryMetric>): Omit<QuerySpec, 'role'> & { readonly role: DelayedRole } {
  return { ...toThreshold(source, source.name), query: source.query };
}

/** What a metric is held against, and what its verdicts count for. */
export function toThreshold(
  { min, max, failures: limits, ...role }: Omit<z.infer<typeof queryMetric>, 'name' | 'query'>,
  name: string,
): ThresholdSpec & { readonly role: DelayedRole } {
  return { name, failures: limits, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }), role: toRole(role) };
}

import * as z from 'zod/mini';
import { duration } from './duration.ts';
import { type DelayedRole, type MetricRole, roleSource, toRole } from './metric-role.ts';
import { percentage } from './percentage.ts';

/**
 * A comparison as Kayenta's judge makes it: values of both sides, taken at regular moments since the canary got its first weight, by the test of Mann and
 * Whitney. For those who come from there, and for what is no share of answers: `successRate` and `latency` see more with less.
 */
export interface MannWhitneySpec {
  readonly name: string;
  readonly mannWhitney: {
    /** Still with their placeholders. */
    readonly canary: string;
    readonly baseline: string;
    /** Which way is worse. */
    readonly direction: 'increase' | 'decrease' | 'either';
    readonly confidence: Confidence;
    /** So large a part of the estimated shift its bound must exceed. */
    readonly tolerance: number;
    /** So many times the baseline's mean the canary's must be to count, or that part of it where lower is worse. */
    readonly effect: number;
    readonly everySeconds: number;
    /** Values needed of each side. */
    readonly samples: number;
  };
  readonly role: MetricRole;
}

const confidences = ['90%', '95%', '98%', '99%'] as const;
export type Confidence = (typeof confidences)[number];

const query = z.string().check(z.minLength(1));

const mannWhitney = z.pipe(
  z.strictObject({
    canary: query.check(
      z.describe(
        "PromQL with one value as its answer: the canary's. {{canary}}, {{canaryWorkload}}, {{namespace}} and {{interval}} are filled in",
      ),
    ),
    baseline: query.check(z.describe('The same of stable, by {{stable}} or {{stableWorkload}}')),
    direction: z._default(z.enum(['increase', 'decrease', 'either']), 'increase').check(z.describe('Which way is worse')),
    confidence: z._default(z.enum(confidences), '98%').check(z.describe('Of the interval for the shift between both; Kayenta has 98%')),
    tolerance: z
      .prefault(percentage, '25%')
      .check(z.describe('A shift counts where its nearer bound is more than so much of its estimate')),
    effect: z
      ._default(z.number().check(z.gte(1), z.lte(100)), 1)
      .check(z.describe("A shift counts where the canary's mean is so many times the baseline's (or lower by it); 1: any does")),
    every: z.prefault(duration, '10s').check(z.describe('The time from one value to the next; at least 1s')),
    samples: z
      ._default(z.int().check(z.gte(5), z.lte(500)), 10)
      .check(z.describe('So many values of each side it takes; the newest 500 count')),
  }),
  z.transform(({ every, ...rest }) => ({ ...rest, everySeconds: Math.max(1, every) })),
);

export const mannWhitneyMetric = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(80), z.describe('Stands in verdicts and notifications; differs from all others')),
  mannWhitney,
  ...roleSource,
});

export function toMannWhitney(source: z.infer<typeof mannWhitneyMetric>): Omit<MannWhitneySpec, 'role'> & { readonly role: DelayedRole } {
  return { name: source.name, mannWhitney: source.mannWhitney, role: toRole(source) };
}

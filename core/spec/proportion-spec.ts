import * as z from 'zod/mini';
import type { Margin } from '../analysis/proportion/margin.ts';
import { latencyEdge } from './latency-edge.ts';
import { type DelayedRole, type MetricRole, roleSource, toRole, usualRole } from './metric-role.ts';
import { positiveInt } from './names.ts';
import { percentage } from './percentage.ts';

/**
 * Metrics that compare the canary's answers with stable's, counted by the mesh itself: a spec names them, and no query. How they are judged is in
 * core/analysis/proportion.
 */

/** What makes an answer a bad one. */
export type BadAnswer = { readonly kind: 'failed' } | { readonly kind: 'slow'; readonly aboveMs: number };

export interface ProportionSpec {
  readonly name: string;
  readonly bad: BadAnswer;
  readonly margin: Margin;
  /** How many answers of the canary a step needs before it passes. */
  readonly requests: number;
  /** The share of bad answers that the service may have, where the spec states its objective. */
  readonly allowedAlone?: number;
  /** What the canary is compared with while something of it answers. */
  readonly baseline: 'stable' | 'none';
  readonly role: MetricRole;
}

const requests = z._default(positiveInt, 10).check(z.describe("So many of the canary's answers a step needs before it passes"));

const margin = z
  .strictObject({
    ratio: z
      ._default(z.number().check(z.gte(1), z.lte(100)), 1.2)
      .check(z.describe("The canary's share of bad answers may be so many times stable's")),
    excess: z.prefault(percentage, '0.1%').check(z.describe('and so much more')),
  })
  .check(z.describe('How much worse than stable the canary may be'));

/** Both need the other: nothing can be said of a canary without a baseline but whether it meets an objective. */
const alone = {
  objective: z.optional(
    percentage.check(
      z.describe(
        "The service's objective, the share of good answers: at full weight, where nothing of stable answers, the canary is held to it",
      ),
    ),
  ),
  baseline: z
    ._default(z.enum(['stable', 'none']), 'stable')
    .check(z.describe('none: the canary is held to the objective at every step, whatever stable answers')),
};
const needsObjective = z.refine<{ objective?: unknown; baseline: string }>(
  ({ objective, baseline }) => baseline === 'stable' || objective !== undefined,
  {
    error: 'an objective such as 99.9%, for what else is the canary to be held to',
    path: ['objective'],
  },
);
const isObjective = z.refine<{ objective?: number | undefined }>(({ objective }) => objective === undefined || objective < 1, {
  error: 'an objective below 100%: at 100% the first bad answer would be one too many',
  path: ['objective'],
});

const successRate = z.strictObject({ margin: z.prefault(margin, {}), requests, ...alone }).check(needsObjective, isObjective);

const latency = z
  .strictObject({
    above: latencyEdge.check(z.describe("What takes longer is a bad answer. Rounded up to the next bound of the mesh's histogram")),
    share: z.prefault(percentage, '1%').check(z.describe("So much more of the canary's answers than of stable's may take longer")),
    requests,
    ...alone,
  })
  .check(needsObjective, isObjective);

const beside = {
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(80), z.describe('Its name in verdicts, where the usual one is taken'))),
  ...roleSource,
};

/** How entries of `analysis.metrics` that are proportions stand in the file. */
export const proportionSources = [
  z.literal('successRate', { error: 'successRate, or a mapping such as `latency: { above: 250ms }`' }),
  z.strictObject({ successRate, ...beside }),
  z.strictObject({ latency, ...beside }),
] as const;
type ProportionSource = z.infer<(typeof proportionSources)[number]>;

export function toProportion(source: ProportionSource): Omit<ProportionSpec, 'role'> & { readonly role: DelayedRole } {
  if (source === 'successRate') return toProportion({ successRate: z.parse(successRate, {}), ...usualRole });
  const role = toRole(source);
  const of = 'successRate' in source ? source.successRate : source.latency;
  const shared = {
    requests: of.requests,
    baseline: of.baseline,
    ...(of.objective === undefined ? {} : { allowedAlone: badShareOf(of.objective) }),
    role,
  };
  if ('successRate' in source)
    return { name: source.name ?? 'successRate', bad: { kind: 'failed' }, margin: source.successRate.margin, ...shared };
  const { above, share } = source.latency;
  return { name: source.name ?? 'latency', bad: { kind: 'slow', aboveMs: above }, margin: { ratio: 1, excess: share }, ...shared };
}

/** @example badShareOf(0.999) // 0.001, without the dust of binary fractions */
function badShareOf(objective: number): number {
  return Number((1 - objective).toPrecision(12));
}

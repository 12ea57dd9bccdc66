import * as z from 'zod/mini';
import { stored } from '../rollout/stored.ts';
import { shorten } from '../shorten.ts';
import { comparison } from './proportion/comparison.ts';

/**
 * What the judge says, always with a reason that a person can act on.
 * `inconclusive` is too little evidence (no data is that, and never a pass); `unavailable` is a source of metrics that is down.
 */
export const verdictKind = z.enum(['pass', 'fail', 'inconclusive', 'unavailable']);
export type VerdictKind = z.infer<typeof verdictKind>;

export const verdict = stored({
  /** The metric, alarm or alert that was judged, or `canary` for the pods themselves. */
  name: z.string(),
  verdict: verdictKind,
  reason: z.string(),
  /** The measured value, where there was one. */
  value: z.optional(z.number()),
  /** Of a comparison with stable: how strongly it speaks against the canary, and how strongly it must to fail it. */
  evidence: z.optional(z.number()),
  enough: z.optional(z.number()),
  comparison: z.optional(comparison),
  /** The query as it was sent, shortened; left out of a pass. */
  query: z.optional(z.string()),
  /** A fail that only holds the step, because its metric is not critical. */
  failed: z.optional(z.boolean()),
  /** Of an unavailable source: it is not down, but its quota was used up. */
  throttled: z.optional(z.boolean()),
  /** Shown, and counts for nothing. */
  dryRun: z.optional(z.boolean()),
});
export type Verdict = z.infer<typeof verdict>;

/** What weighs more decides: one fail fails all, and a pass needs every one to pass. */
const gravities: Record<VerdictKind, number> = { fail: 4, unavailable: 3, inconclusive: 1, pass: 0 };

/** A source that throttles weighs less than one that is down, whose hold ends sooner. */
function gravityOf({ verdict: kind, throttled }: Verdict): number {
  return gravities[kind] - (kind === 'unavailable' && throttled === true ? 1 : 0);
}

/**
 * The verdict of a whole analysis: the gravest of the parts that count. Nothing judged at all is inconclusive (J3: no evidence can never be
 * a success).
 */
export function overallVerdict(verdicts: readonly Verdict[]): Verdict {
  const parts = verdicts.filter(({ dryRun }) => dryRun !== true);
  const gravest = parts.reduce<Verdict | undefined>(
    (worst, part) => (worst === undefined || gravityOf(part) > gravityOf(worst) ? part : worst),
    undefined,
  );
  if (gravest === undefined) return { name: 'analysis', verdict: 'inconclusive', reason: 'Nothing was measured.' };
  if (gravest.verdict !== 'pass') return gravest;
  const names = parts.map((part) => part.name).join(', ');
  return { name: 'analysis', verdict: 'pass', reason: parts.length === 1 ? gravest.reason : `All ${parts.length} pass: ${names}.` };
}

/** As much of a query as is kept of it. */
const mostOfQuery = 1_000;

/** Says what was asked, but of a pass: those are many, and what they were asked is in the spec. */
export function withQuery(of: Verdict, query: string): Verdict {
  return of.verdict === 'pass' ? of : { ...of, query: shorten(query, mostOfQuery) };
}

import type { Verdict } from '../analysis/verdict.ts';
import { own } from '../own.ts';
import type { BoundedHold } from '../spec/bounded-hold.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { AnalysisResult, SilenceClocks, Watch } from './record.ts';

/**
 * So many times as long as for one that is down, a step is held for a source that throttles. It answers others meanwhile, and this rollout in its turn: with
 * 10,000 at once the turn of the last comes after three times the usual hold (docs/decisions/0025).
 */
export const throttledHolds = 4;

/** How an analysis, or a part of it, says nothing of the canary: by too little evidence, or because a source is down or throttles. */
const silences = ['inconclusive', 'unavailable', 'throttled'] as const;
export type Silence = (typeof silences)[number];

interface Look {
  readonly atMs: number;
  /** Since the look before. */
  readonly elapsedMs: number;
}

/** Undefined of a verdict that says something. */
export function silenceOf({ verdict, throttled }: Pick<Verdict, 'verdict' | 'throttled'>): Silence | undefined {
  if (verdict === 'unavailable' && throttled === true) return 'throttled';
  return verdict === 'inconclusive' || verdict === 'unavailable' ? verdict : undefined;
}

/** The clock of that kind goes on, or begins; the others stand still, so that what they began with moves on with the time. */
export function clocksAfter(clocks: SilenceClocks, running: Silence | undefined, { atMs, elapsedMs }: Look): SilenceClocks {
  return Object.fromEntries(
    silences.flatMap((kind) => {
      const sinceMs = clocks[`${kind}SinceMs`];
      if (kind === running) return [[`${kind}SinceMs`, sinceMs ?? atMs]];
      return sinceMs === undefined ? [] : [[`${kind}SinceMs`, sinceMs + elapsedMs]];
    }),
  );
}

/** The clocks of all that is silent now and counts; whatever has passed has none. */
export function silencesAfter(before: Watch['silences'], verdicts: readonly Verdict[], look: Look): Record<string, SilenceClocks> {
  return Object.fromEntries(
    verdicts.flatMap((verdict) => {
      const silence = silenceOf(verdict);
      if (silence === undefined || verdict.dryRun === true) return [];
      return [[verdict.name, clocksAfter(own(before ?? {}, verdict.name) ?? {}, silence, look)]];
    }),
  );
}

/** Until when a step is held, why, and what is done then. */
export interface SilenceHold {
  readonly policy: BoundedHold;
  readonly holdSeconds: number;
  readonly endMs: number;
  readonly why: string;
}

/**
 * Each metric may have a hold of its own, which begins when that metric fell silent: of those that are silent, the one whose hold ends first decides. Where
 * now one is silent and now another, the whole analysis is held no longer than the longest hold that the spec has.
 *
 * @param options.begunAtMs When the whole analysis fell silent, by its clock.
 * @param options.resumedAtMs When a person let the rollout go on, which gives every hold anew; 0 where nobody did.
 * @example With holds of 10 m and of 1 m: the first metric has been silent for 5 m when the second one is for one look. That one's minute begins there.
 */
export function holdThatEndsFirst(
  { analysis: { metrics }, policies }: RolloutSpec,
  { silences: clocks = {} }: Pick<Watch, 'silences'>,
  { overall, verdicts }: AnalysisResult,
  { kind, begunAtMs, resumedAtMs }: { readonly kind: Silence; readonly begunAtMs: number; readonly resumedAtMs: number },
): SilenceHold {
  const key = kind === 'inconclusive' ? 'noData' : 'sourceDown';
  const times = kind === 'throttled' ? throttledHolds : 1;
  const roles = new Map(metrics.map(({ name, role }) => [name, role]));
  const endOf = (sinceMs: number, holdSeconds: number) => Math.max(sinceMs, resumedAtMs) + holdSeconds * 1000;
  const ownHolds = metrics.flatMap(({ role }) => [role[key], kind === 'inconclusive' ? role.fail : undefined]);
  const longestSeconds = Math.max(policies[key].holdSeconds, ...ownHolds.map((hold) => hold?.holdSeconds ?? 0)) * times;
  const holdOf = ({ name, reason, failed }: Verdict): SilenceHold => {
    const role = roles.get(name);
    const policy = (failed === true ? role?.fail : undefined) ?? role?.[key] ?? policies[key];
    const holdSeconds = policy.holdSeconds * times;
    return { policy, holdSeconds, endMs: endOf(own(clocks, name)?.[`${kind}SinceMs`] ?? begunAtMs, holdSeconds), why: reason };
  };
  const [first = overall, ...others] = verdicts.filter((each) => silenceOf(each) === kind && each.dryRun !== true);
  const ending = others.map(holdOf).reduce((soonest, each) => (each.endMs < soonest.endMs ? each : soonest), holdOf(first));
  const ofAllMs = endOf(begunAtMs, longestSeconds);
  return ending.endMs <= ofAllMs ? ending : { ...ending, holdSeconds: longestSeconds, endMs: ofAllMs };
}

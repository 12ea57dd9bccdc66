import type { Verdict } from '../analysis/verdict.ts';
import { own } from '../own.ts';
import type { BoundedHold } from '../spec/bounded-hold.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { AnalysisResult, SilenceClocks, Watch } from './record.ts';

/** How an analysis says nothing of the canary: by too little evidence, or because a source is down. */
export type SilenceKind = 'inconclusive' | 'unavailable';

interface Look {
  readonly atMs: number;
  /** Since the look before. */
  readonly elapsedMs: number;
}

/** The clock of that kind goes on, or begins; the other one's stands still. */
export function clocksAfter(
  { inconclusiveSinceMs, unavailableSinceMs }: SilenceClocks,
  kind: SilenceKind,
  { atMs, elapsedMs }: Look,
): SilenceClocks {
  if (kind === 'inconclusive') {
    const still = unavailableSinceMs === undefined ? {} : { unavailableSinceMs: unavailableSinceMs + elapsedMs };
    return { inconclusiveSinceMs: inconclusiveSinceMs ?? atMs, ...still };
  }
  const still = inconclusiveSinceMs === undefined ? {} : { inconclusiveSinceMs: inconclusiveSinceMs + elapsedMs };
  return { unavailableSinceMs: unavailableSinceMs ?? atMs, ...still };
}

/** The clocks of all that is silent now and counts; whatever has passed has none. */
export function silencesAfter(before: Watch['silences'], verdicts: readonly Verdict[], look: Look): Record<string, SilenceClocks> {
  return Object.fromEntries(
    verdicts.flatMap(({ name, verdict, dryRun }) => {
      if (dryRun === true || verdict === 'pass' || verdict === 'fail') return [];
      return [[name, clocksAfter(own(before ?? {}, name) ?? {}, verdict, look)]];
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
  { silences = {} }: Pick<Watch, 'silences'>,
  { overall, verdicts }: AnalysisResult,
  { kind, begunAtMs, resumedAtMs }: { readonly kind: SilenceKind; readonly begunAtMs: number; readonly resumedAtMs: number },
): SilenceHold {
  const key = kind === 'inconclusive' ? 'noData' : 'sourceDown';
  const roles = new Map(metrics.map(({ name, role }) => [name, role]));
  const endOf = (sinceMs: number, holdSeconds: number) => Math.max(sinceMs, resumedAtMs) + holdSeconds * 1000;
  const ownHolds = metrics.flatMap(({ role }) => [role[key], kind === 'inconclusive' ? role.fail : undefined]);
  const longestSeconds = Math.max(policies[key].holdSeconds, ...ownHolds.map((hold) => hold?.holdSeconds ?? 0));
  const silent = verdicts.filter(({ verdict, dryRun }) => verdict === kind && dryRun !== true);
  const [first = overall, ...others] = silent;
  const holdOf = ({ name, reason, failed }: Verdict): SilenceHold => {
    const role = roles.get(name);
    const policy = (failed === true ? role?.fail : undefined) ?? role?.[key] ?? policies[key];
    const { holdSeconds } = policy;
    return { policy, holdSeconds, endMs: endOf(own(silences, name)?.[`${kind}SinceMs`] ?? begunAtMs, holdSeconds), why: reason };
  };
  const ending = others.map(holdOf).reduce((soonest, each) => (each.endMs < soonest.endMs ? each : soonest), holdOf(first));
  const ofAllMs = endOf(begunAtMs, longestSeconds);
  return ending.endMs <= ofAllMs ? ending : { ...ending, holdSeconds: longestSeconds, endMs: ofAllMs };
}

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
  readonly kind: Silence;
  readonly policy: BoundedHold;
  readonly holdSeconds: number;
  readonly endMs: number;
  readonly why: string;
}

/**
 * Each metric may have a hold of its own, which begins when that metric fell silent: of those that are silent, the one whose hold ends first decides. But one
 * that says to advance only speaks for itself: as long as another holds the step, by whatever it is silent, that one decides, for of what it asks nothing is
 * known; and where all say so, the last of them. Where now one is silent and now another, the whole analysis is held no longer than the longest hold that the
 * spec has.
 *
 * @param kind How the analysis is silent: what weighs most.
 * @example With holds of 10 m and of 1 m: the first metric has been silent for 5 m when the second one is for one look. That one's minute begins there.
 * @example The first aborts after 10 m, the second advances after 1 m, and both are silent: the step is held for 10 m, and then the rollout aborts.
 */
export function holdThatDecides(state: HeldState, { overall, verdicts }: AnalysisResult, kind: Silence): SilenceHold {
  const silent = verdicts.flatMap((verdict) => {
    const silence = silenceOf(verdict);
    return silence === undefined || verdict.dryRun === true ? [] : [holdOf(state, verdict, silence)];
  });
  const holding = silent.filter(({ policy }) => policy.onDeadline !== 'advance');
  const ofKind = holding.filter((each) => each.kind === kind);
  const [first = holdOf(state, overall, kind), ...others] = [ofKind, holding, silent].find((holds) => holds.length > 0) ?? [];
  const isDecisive = (one: SilenceHold, other: SilenceHold) => (holding.length > 0 ? one.endMs < other.endMs : one.endMs > other.endMs);
  return bounded(
    state,
    others.reduce((chosen, each) => (isDecisive(each, chosen) ? each : chosen), first),
  );
}

/** What holds are reckoned by. */
export interface HeldState {
  readonly spec: RolloutSpec;
  readonly watch: Pick<Watch, 'silences' | keyof SilenceClocks>;
  readonly nowMs: number;
  /** When a person let the rollout go on, which gives every hold anew; 0 where nobody did. */
  readonly resumedAtMs: number;
}

function holdOf(state: HeldState, { name, reason, failed }: Verdict, kind: Silence): SilenceHold {
  const { spec, watch } = state;
  const role = spec.analysis.metrics.find((metric) => metric.name === name)?.role;
  const policy = (failed === true ? role?.fail : undefined) ?? role?.[policyOf(kind)] ?? spec.policies[policyOf(kind)];
  const holdSeconds = policy.holdSeconds * timesOf(kind);
  const sinceMs = own(watch.silences ?? {}, name)?.[`${kind}SinceMs`] ?? begunAtMs(state, kind);
  return { kind, policy, holdSeconds, endMs: endOf(state, sinceMs, holdSeconds), why: reason };
}

/** No longer than the longest hold of the spec, since when the whole analysis has been silent like that. */
function bounded(state: HeldState, hold: SilenceHold): SilenceHold {
  const { kind } = hold;
  const { analysis, policies } = state.spec;
  const ofMetrics = analysis.metrics.flatMap(({ role }) => [role[policyOf(kind)], kind === 'inconclusive' ? role.fail : undefined]);
  const longestSeconds = Math.max(policies[policyOf(kind)].holdSeconds, ...ofMetrics.map((hold) => hold?.holdSeconds ?? 0));
  const holdSeconds = longestSeconds * timesOf(kind);
  const endMs = endOf(state, begunAtMs(state, kind), holdSeconds);
  return hold.endMs <= endMs ? hold : { ...hold, holdSeconds, endMs };
}

function begunAtMs({ watch, nowMs }: HeldState, kind: Silence): number {
  return watch[`${kind}SinceMs`] ?? nowMs;
}

function endOf({ resumedAtMs }: HeldState, sinceMs: number, holdSeconds: number): number {
  return Math.max(sinceMs, resumedAtMs) + holdSeconds * 1000;
}

function policyOf(kind: Silence): 'noData' | 'sourceDown' {
  return kind === 'inconclusive' ? 'noData' : 'sourceDown';
}

function timesOf(kind: Silence): number {
  return kind === 'throttled' ? throttledHolds : 1;
}

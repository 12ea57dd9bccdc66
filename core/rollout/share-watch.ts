import type { PlanStep } from '../plan/plan.ts';
import { formatDuration } from '../spec/duration.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { Telemetry } from '../spec/telemetry-spec.ts';
import { compareShare, type SideCounts } from '../traffic/measured-share.ts';
import { shapeOf } from '../traffic/shape-of.ts';
import type { Split } from '../traffic/split.ts';
import type { ShareWatch } from './share-record.ts';

/** So many intervals after the weight was verified, a step waits no longer to learn whether the canary gets its share. */
export const knownWithinIntervals = 10;
/** A bake of fewer intervals is not prolonged: it is over before counters can say anything, and whoever wrote it is in a hurry. */
const shortestProlongedIntervals = 6;
/** A share that is a wrong one for so long, and was found so twice, ends the rollout. */
export const givesWayAfterIntervals = 3;

/** What one look at the counters came to. */
export type ShareLook =
  /** The counters hold what was before the weight took effect: whatever they grow by from now on counts. */
  | { readonly status: 'begins'; readonly atMs: number; readonly view: string }
  /** By so much they have grown since the last look. */
  | { readonly status: 'counted'; readonly atMs: number; readonly counts: SideCounts }
  | { readonly status: 'nothing'; readonly why: string };

/** A spec as far as the measurement goes. `telemetry` may be absent from it. */
export type MeasuredSpec = Pick<RolloutSpec, 'router' | 'resilience'> & {
  readonly analysis: Pick<RolloutSpec['analysis'], 'prometheus'> & { readonly telemetry?: Telemetry | undefined };
};

/**
 * The beginning of a step's measurement, when its weight was read back; undefined where there is no source to ask, or the spec switches it off.
 * Users who are sent to the canary besides its share, and copies of requests, which the proxies that send them do not count, leave nothing to
 * compare the weight with.
 */
export function beginShare(spec: MeasuredSpec, step: PlanStep | undefined, nowMs: number): ShareWatch | undefined {
  if (spec.analysis.prometheus === undefined || spec.analysis.telemetry === 'off') return undefined;
  const { match, affinity, mirrorWeight } = shapeOf(spec, step);
  const besides = [
    ...(match === undefined ? [] : ['requests that match its rules']),
    ...(affinity === undefined ? [] : ['users who stay where they were']),
    ...(mirrorWeight === undefined ? [] : ['copies of requests']),
  ];
  if (besides.length === 0) return { setAtMs: nowMs, state: 'measuring', why: 'No requests were counted yet.' };
  const why = `The canary's share is not compared with its weight: it also gets ${besides.join(' and ')}.`;
  return { setAtMs: nowMs, state: 'unmeasured', why };
}

/**
 * What is known after one more look. Where the share is found to be a wrong one, the count begins anew, so that what the mesh was late with is
 * not held against what it does now: the second finding rests on other requests than the first.
 */
export function followShare(share: ShareWatch, look: ShareLook, split: Split): ShareWatch {
  if (share.state === 'agrees' || share.state === 'unmeasured') return share;
  if (look.status === 'nothing') return share.state === 'measuring' ? { ...share, why: look.why } : share;
  const counting = { ...share, countedUntilMs: look.atMs };
  if (look.status === 'begins') {
    return {
      ...counting,
      view: look.view,
      ...(share.state === 'measuring' ? { why: 'No requests were counted yet since the weight took effect.' } : {}),
    };
  }
  const counts = { stable: (share.stable ?? 0) + look.counts.stable, canary: (share.canary ?? 0) + look.counts.canary };
  const why = sentence(counts, split);
  switch (compareShare(counts, split)) {
    case 'agrees': {
      const { differsSinceMs: _since, differsAgainAtMs: _again, ...rest } = counting;
      return { ...rest, ...counts, state: 'agrees', why };
    }
    case 'tooFew':
      return { ...counting, ...counts, ...(share.state === 'measuring' ? { why } : {}) };
    case 'differs':
      return {
        ...counting,
        stable: 0,
        canary: 0,
        state: 'differs',
        why,
        ...(share.differsSinceMs === undefined ? { differsSinceMs: look.atMs } : { differsAgainAtMs: look.atMs }),
      };
  }
}

/** What the share has to say to a decision about the step. */
export type ShareSays =
  /** Nothing stands in the way; what is not known is told, as a sentence or none. */
  | { readonly gate: 'open'; readonly why: string }
  /** The step does not end yet. */
  | { readonly gate: 'shut'; readonly untilMs: number; readonly why: string }
  /** Something else than the routes decides where traffic goes. */
  | { readonly gate: 'giveWay'; readonly why: string };

/**
 * Whether the step may end. Little traffic is never a failure: after a bounded time the step goes on, and says so. A wrong share that too few
 * requests confirm is held as long as any want of evidence (`noDataHoldMs`).
 *
 * @example With an interval of 10 s, a step whose share is not known after a bake of 60 s is held for 40 s more at most, one with a bake of 100 s
 *   or more, or of less than 60 s, not at all.
 */
export function shareSays(
  share: ShareWatch | undefined,
  {
    nowMs,
    intervalMs,
    bakeMs,
    noDataHoldMs,
  }: { readonly nowMs: number; readonly intervalMs: number; readonly bakeMs: number; readonly noDataHoldMs: number },
): ShareSays {
  switch (share?.state) {
    case undefined:
    case 'agrees':
      return { gate: 'open', why: '' };
    case 'unmeasured':
      return { gate: 'open', why: share.why };
    case 'measuring': {
      const untilMs = share.setAtMs + knownWithinIntervals * intervalMs;
      return nowMs < untilMs && bakeMs >= shortestProlongedIntervals * intervalMs
        ? { gate: 'shut', untilMs, why: `Whether the canary gets its share is being measured. ${share.why}` }
        : { gate: 'open', why: `Whether the canary got its share is not known. ${share.why}` };
    }
    case 'differs': {
      const { differsSinceMs = nowMs, differsAgainAtMs } = share;
      if (differsAgainAtMs !== undefined && nowMs - differsSinceMs >= givesWayAfterIntervals * intervalMs) {
        return { gate: 'giveWay', why: `${mismatch} ${share.why} ${remedy}` };
      }
      const untilMs = differsSinceMs + Math.max(noDataHoldMs, givesWayAfterIntervals * intervalMs);
      if (nowMs >= untilMs) return { gate: 'open', why: `${share.why} Too few requests followed to tell whether it is still so.` };
      return {
        gate: 'shut',
        untilMs,
        why: `${mismatch} ${share.why} Held for at most ${formatDuration(Math.ceil((untilMs - nowMs) / 1000))}.`,
      };
    }
  }
}

/** What experimenters call it: then neither side's answers are those of the users that it should have. */
const mismatch = 'Sample-ratio mismatch.';

const remedy =
  'Something else decides where traffic goes: another route for the same hosts, or callers who pass by these routes. `analysis.telemetry` in the spec says which requests count.';

function sentence({ stable, canary }: SideCounts, split: Split): string {
  const total = stable + canary;
  const weight = `weight ${split.canary} of ${split.stable + split.canary}`;
  if (total === 0) return `At ${weight}, no requests were counted yet.`;
  return `At ${weight}, the canary got ${Math.round(canary)} of ${Math.round(total)} requests, ${Number(((canary / total) * 100).toPrecision(3))} %.`;
}

import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { spec, startMs } from '../core/rollout/rollout-for-tests.ts';

/** What a query answered every ten seconds from the start of the rollout on: a text, or nothing. */
export function recordingOf(values: readonly (string | undefined)[], second: readonly string[] = []) {
  const pointsOf = (all: readonly (string | undefined)[]) =>
    all.flatMap((text, index) => (text === undefined ? [] : [[startMs / 1000 + index * 10, text] as const]));
  const result = [
    { metric: { pod: 'a' }, values: pointsOf(values) },
    ...(second.length === 0 ? [] : [{ metric: { pod: 'b' }, values: pointsOf(second) }]),
  ];
  return {
    version: 1,
    stepSeconds: 10,
    from: new Date(startMs).toISOString(),
    metrics: { 'error rate': { status: 'success', data: { resultType: 'matrix', result } } },
  };
}

export const repeat = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

/** One step of a minute at 10, one of two minutes at 50 with a pause, one of five at full weight; `error rate` is at most 0.01. */
export const usual = (change: Partial<RolloutSpecSource> = {}) => spec(change);

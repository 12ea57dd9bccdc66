import type { RowPlan } from './scale-spec.ts';

/** The function whose end begins a step's bake. */
export const stepBegins = 'VerifyWeight';

/** A step begins, or one of its analyses has ended. */
export interface Look {
  readonly rollout: string;
  readonly step: number;
  readonly atMs: number;
  readonly begins: boolean;
  /** False where the source of the metrics did not answer. */
  readonly isAnswered?: boolean;
}

export interface Lateness {
  /** Of each look, in milliseconds after it was due; below 0 where it was brought forward. */
  readonly looks: readonly number[];
  /** What each step took beyond its bake, until its last look. */
  readonly steps: readonly number[];
}

/**
 * How late looks and steps were. A look is due an interval after the beginning of the step or the end of the look before, or where the bake
 * ends, if that is sooner. A step that waits for datapoints of its own is due when these have come and it has baked besides, and its looks each after an interval.
 *
 * @example A step that begins at 0 s with looks at 60, 121 and 180 s, interval 60 s, bake 180 s: looks 0, 1 and 0 s late, the step 0 s.
 */
export function latenessOf(looks: readonly Look[], { intervalSeconds, bakeSeconds, evidenceSeconds = 0 }: RowPlan): Lateness {
  const bySteps = new Map<string, Look[]>();
  for (const look of looks) {
    const key = `${look.rollout} ${look.step}`;
    const own = bySteps.get(key) ?? [];
    bySteps.set(key, own);
    own.push(look);
  }
  const late: number[] = [];
  const steps: number[] = [];
  for (const own of bySteps.values()) {
    own.sort((a, b) => a.atMs - b.atMs);
    const startMs = own.find(({ begins }) => begins)?.atMs ?? own[0]?.atMs ?? 0;
    const endMs = startMs + (evidenceSeconds + bakeSeconds) * 1000;
    let beforeMs = startMs;
    for (const { atMs } of own.filter(({ begins }) => !begins)) {
      const dueMs = beforeMs + intervalSeconds * 1000;
      late.push(atMs - (evidenceSeconds === 0 && beforeMs < endMs ? Math.min(dueMs, endMs) : dueMs));
      beforeMs = atMs;
    }
    if (beforeMs > startMs) steps.push(beforeMs - endMs);
  }
  return { looks: late, steps };
}

/** How long rollouts were without an answer of their metrics' source: from each answered look, or from the first step's beginning, to the next, in milliseconds. */
export function silencesOf(looks: readonly Look[]): readonly number[] {
  const heardAtMs = new Map<string, number>();
  const silences: number[] = [];
  for (const { rollout, atMs, begins, isAnswered = true } of looks.toSorted((a, b) => a.atMs - b.atMs)) {
    const before = heardAtMs.get(rollout);
    if (!begins && isAnswered && before !== undefined) silences.push(atMs - before);
    if (before === undefined || (!begins && isAnswered)) heardAtMs.set(rollout, atMs);
  }
  return silences;
}

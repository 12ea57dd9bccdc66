import type { Verdict } from './verdict.ts';

/** Evidence that a canary within its margin reaches in at most one of three rollouts (Ville), and mostly far fewer. */
export const doubtsFrom = 3;

/**
 * The comparison that leans hardest against a canary that has not failed, if one does. A step's bake is short beside what the next one may cost: whoever
 * looks worse than stable is looked at for a second bake before it gets more traffic, and nothing else happens to it for that.
 *
 * @example Evidence 2.9 of 100 is noise; 40 of 100 is doubt, and 100 is a fail.
 */
export function doubtOf(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdicts.reduce<Verdict | undefined>(
    (most, each) => (each.dryRun !== true && (each.evidence ?? 0) >= Math.max(doubtsFrom, most?.evidence ?? 0) ? each : most),
    undefined,
  );
}

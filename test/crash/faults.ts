/**
 * What can befall one effect.
 * - `errorBefore`: it is refused with the error of an outage, and was not done.
 * - `errorAfter`: it was done, and the answer is the same error.
 * - `answerLost`: it was done, the answer was lost on the way, and the client sends the very same request again by itself. Of a Lambda's answer:
 *   Step Functions got none, and calls it again.
 * - `throttled`: it and the next two of its name are refused.
 * - `hangsBefore`, `hangsAfter`: the process stands still for good, before or after the effect; its Task times out.
 * - `crashes`: the process ends after the effect, and whoever called it hears so at once.
 * - `lateGoesOn`: the process is paused, and goes on when its lease is long over: with the effect, and with all that comes behind it.
 * - `lateAndDies`: the effect is on its way when the process dies, and arrives as late as that.
 * - `lateInRollback`: as `lateGoesOn`, but it comes back while the rollback is under way that its silence has led to.
 * - `lateBehindRetry`: as `lateGoesOn`, but whoever called was told at once that the answer was lost, and calls again: a second process does the
 *   same work under the same fence, while the first still lives.
 */
export const writeFaults = [
  'errorBefore',
  'errorAfter',
  'answerLost',
  'throttled',
  'hangsBefore',
  'hangsAfter',
  'crashes',
  'lateGoesOn',
  'lateAndDies',
  'lateInRollback',
  'lateBehindRetry',
] as const;

/**
 * What befalls the API server at an effect that it is asked for.
 * - `clusterAway`: nobody reaches it from then on, for longer than a rollback is tried again by itself.
 */
export const clusterFaults = ['clusterAway'] as const;
export type FaultKind = (typeof writeFaults)[number] | (typeof clusterFaults)[number];

/** A read changes nothing, so that dying after it or hearing late of it is dying or being late at the next effect. */
export const readFaults: readonly FaultKind[] = ['errorBefore', 'throttled', 'hangsBefore'];

/** The answer of a Lambda to whoever called it. */
export const answerFaults: readonly FaultKind[] = ['answerLost', 'hangsAfter', 'crashes'];

/** How long what is late takes. */
export interface Lateness {
  /** Beyond the lease, and the rollback that follows. */
  readonly lateMs: number;
  /** Into the middle of that rollback. */
  readonly inRollbackMs: number;
}

export const usualLateness: Lateness = {
  // Beyond the longest quiet that a rollout announces and the sweep's minute as well.
  lateMs: 190_000,
  // A Task is given up after 60 s; a second later the rollback that follows drains.
  inRollbackMs: 61_200,
};
export const throttledTries = 3;
export const clusterAwayMs = 300_000;

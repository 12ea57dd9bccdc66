import type { Verdict } from './verdict.ts';

/** What verdicts on the canary's own pods are called. */
export const canaryVerdict = 'canary';

/** What the cluster says of the canary's pods. */
export interface CanaryPods {
  readonly readyEndpoints: number;
  /** Why a pod does not stay up, where one does not. */
  readonly crashing: string | undefined;
  /** How often their containers have been restarted in all; undefined where the cluster does not say. */
  readonly restarts?: number | undefined;
}

/**
 * Judges the canary by its own pods, without any metric: traffic that is sent to a version with no ready endpoint is lost (T1),
 * however little of it the metrics have seen. A pod that is up again by now has crashed all the same: its restarts tell.
 *
 * @param restartsBefore As counted at the look before; undefined at a step's first.
 */
export function judgeCanary(pods: CanaryPods, restartsBefore?: number): Verdict {
  const name = canaryVerdict;
  if (pods.readyEndpoints === 0) {
    return {
      name,
      verdict: 'fail',
      reason: `The canary has no ready endpoint${pods.crashing === undefined ? '' : ` (${pods.crashing})`}.`,
    };
  }
  if (pods.crashing !== undefined) {
    return { name, verdict: 'inconclusive', reason: `A pod of the canary does not stay up: ${pods.crashing}.` };
  }
  const restarted = restartsBefore === undefined ? 0 : (pods.restarts ?? 0) - restartsBefore;
  if (restarted > 0) {
    const times = restarted === 1 ? 'once' : `${restarted} times`;
    return {
      name,
      verdict: 'inconclusive',
      reason: `A pod of the canary does not stay up: it was restarted ${times} since the last look.`,
    };
  }
  return { name, verdict: 'pass', reason: `The canary has ${pods.readyEndpoints} ready.` };
}

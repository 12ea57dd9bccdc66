import type { Verdict } from './verdict.ts';

/** What the cluster says of the canary's pods. */
export interface CanaryPods {
  readonly readyEndpoints: number;
  /** Why a pod does not stay up, where one does not. */
  readonly crashing: string | undefined;
}

/**
 * Judges the canary by its own pods, without any metric: traffic that is sent to a version with no ready endpoint is lost (T1),
 * however little of it the metrics have seen.
 */
export function judgeCanary(pods: CanaryPods): Verdict {
  const name = 'canary';
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
  return { name, verdict: 'pass', reason: `The canary has ${pods.readyEndpoints} ready.` };
}

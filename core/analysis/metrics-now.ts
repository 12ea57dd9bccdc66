import type { MetricRole } from '../spec/metric-role.ts';
import type { Verdict } from './verdict.ts';

interface WithRole {
  readonly name: string;
  readonly role: MetricRole;
}

/** Where a rollout is, as far as metrics care. */
export interface Moment {
  readonly stepIndex: number;
  readonly nowMs: number;
  /** When the canary got its first weight. */
  readonly trafficSinceMs: number;
}

export interface MetricsNow<Of> {
  readonly asked: readonly Of[];
  /** Until when nothing that counts can be asked at this step because all of it is delayed; undefined where something can, or is never to be. */
  readonly warmsUpUntilMs: number | undefined;
}

/** Which metrics are asked at a moment: those whose first step has come, and whose delay is over. */
export function metricsNow<Of extends WithRole>(metrics: readonly Of[], { stepIndex, nowMs, trafficSinceMs }: Moment): MetricsNow<Of> {
  const begunMs = ({ role }: Of) => trafficSinceMs + role.initialDelaySeconds * 1000;
  const atThisStep = metrics.filter(({ role }) => stepIndex + 1 >= role.startingStep);
  const asked = atThisStep.filter((each) => begunMs(each) <= nowMs);
  const counted = atThisStep.filter(({ role }) => !role.dryRun);
  const warmsUp = counted.length > 0 && counted.every((each) => begunMs(each) > nowMs);
  return { asked, warmsUpUntilMs: warmsUp ? Math.min(...counted.map(begunMs)) : undefined };
}

/** A verdict as its metric's role lets it count. */
export function inRole({ critical, dryRun }: MetricRole, verdict: Verdict): Verdict {
  if (dryRun) return { ...verdict, dryRun };
  if (critical || verdict.verdict !== 'fail') return verdict;
  return { ...verdict, verdict: 'inconclusive', failed: true, reason: `${verdict.reason} It is not critical: the step is held.` };
}

import type { Finding } from './finding.ts';
import type { StableDeployment } from './stable-objects.ts';

type Strategy = NonNullable<StableDeployment['spec']['strategy']>;
type Amount = string | number | null | undefined;

/**
 * A Deployment that may replace all its pods at once is refused (T1). Its new image it gets while the canary has all traffic; but an alarm that fires
 * once the traffic has returned has the old image restored under that traffic, whoever brought the new one, and no pod would be left to take it.
 */
export function replacementFindings({ spec }: StableDeployment, namespace: string, name: string): Finding[] {
  const { strategy } = spec;
  const replicas = spec.replicas ?? 1;
  const how = howAllAtOnce(strategy ?? {}, replicas);
  if (how === undefined) return [];
  const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
  const patch = JSON.stringify({ spec: { strategy: rolling } });
  const mend = replicas === 1 ? 'Let the new pod be ready before the old one goes' : 'Let it replace a few at a time';
  return [
    {
      severity: 'refusal',
      subject: `Deployment ${namespace}/${name}`,
      message: `${how}, so a rollback that restores its image under traffic would leave no pod to take it.`,
      remedy: `${mend}, in its manifest too: kubectl -n ${namespace} patch deployment ${name} --type merge -p '${patch}'`,
    },
  ];
}

/** Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy */
function howAllAtOnce({ type, rollingUpdate }: Strategy, replicas: number): string | undefined {
  if (replicas === 0) return undefined;
  if (type === 'Recreate') return 'Its strategy is Recreate: all its pods go before the first new one comes';
  const { maxSurge, maxUnavailable } = rollingUpdate ?? {};
  const surge = Math.ceil(inPods(maxSurge, replicas));
  const unavailable = Math.floor(inPods(maxUnavailable, replicas));
  // Where both come to nothing, Kubernetes takes one pod away all the same.
  if (Math.max(unavailable, surge === 0 ? 1 : 0) < replicas) return undefined;
  if (replicas === 1) return 'Its rolling update takes its one pod away before the new one is ready';
  return `Its rolling update lets all of its ${replicas} pods be unavailable at once`;
}

/** @example inPods('25%', 3) // 0.75 */
function inPods(amount: Amount, replicas: number): number {
  const given = amount ?? '25%';
  if (typeof given === 'number') return given;
  return given.endsWith('%') ? (Number.parseFloat(given) / 100) * replicas : Number.parseFloat(given);
}

import { sideLabel } from './names.ts';
import type { WorkloadProblem } from './read-workload.ts';
import type { Autoscaler, Deployment } from './schemas.ts';

/** What a rollout can live with, but a person should have thought about. */
export function findWarnings(stable: Deployment, autoscalers: readonly Autoscaler[]): WorkloadProblem[] {
  return [...selectorWarnings(stable, autoscalers), ...kedaWarnings(autoscalers), ...initWarnings(stable)];
}

/** An autoscaler averages over the pods that its target's selector finds, and a Deployment's selector cannot be changed. */
function selectorWarnings({ metadata, spec }: Deployment, autoscalers: readonly Autoscaler[]): WorkloadProblem[] {
  if (autoscalers.length === 0 || spec.selector.matchLabels?.[sideLabel] === 'stable') return [];
  return [
    {
      subject: `Deployment ${metadata.namespace ?? ''}/${metadata.name}`,
      message: `The selector of Deployment ${metadata.name} covers the canary's pods too, so its autoscaler averages over both sides during a rollout.`,
      remedy: `Where that matters, create the Deployment anew with ${sideLabel}: stable in its selector; kubectl delete deployment ${metadata.name} --cascade=orphan leaves its pods to serve meanwhile.`,
    },
  ];
}

function kedaWarnings(autoscalers: readonly Autoscaler[]): WorkloadProblem[] {
  const managed = autoscalers.filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === 'ScaledObject'));
  return managed.map(({ metadata }) => ({
    subject: `HorizontalPodAutoscaler ${metadata.namespace ?? ''}/${metadata.name}`,
    message: `HorizontalPodAutoscaler ${metadata.name} belongs to a KEDA ScaledObject, which writes its own minimum back.`,
    remedy: 'Raise minReplicaCount of the ScaledObject to what stable needs for all traffic.',
  }));
}

function initWarnings({ metadata, spec }: Deployment): WorkloadProblem[] {
  const once = (spec.template.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy !== 'Always');
  if (once.length === 0) return [];
  return [
    {
      subject: `Deployment ${metadata.namespace ?? ''}/${metadata.name}`,
      message: `Deployment ${metadata.name} runs ${once.map(({ name }) => name).join(', ')} before each pod, the canary's too, while stable still serves.`,
      remedy: 'If one of them migrates a database, see that the old version works with the new schema.',
    },
  ];
}

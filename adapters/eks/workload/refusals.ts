import { sideLabel, type WorkloadNames } from './names.ts';
import type { WorkloadProblem } from './read-workload.ts';
import type { Deployment, Service } from './schemas.ts';

type StableNames = Pick<WorkloadNames, 'namespace' | 'deployment' | 'container' | 'stableService'>;

/** What in stable's manifests makes a second version beside it impossible, or would mix the two. */
export function findRefusals(
  stable: { readonly deployment: Deployment; readonly service: Service },
  names: StableNames,
): WorkloadProblem[] {
  const { deployment } = stable;
  return [
    ...containerRefusals(deployment, names),
    ...onboardingRefusals(stable, names),
    ...hostRefusals(deployment, names),
    ...emptyRefusals(deployment, names),
  ];
}

function containerRefusals({ spec }: Deployment, names: StableNames): WorkloadProblem[] {
  const existing = spec.template.spec.containers.map(({ name }) => name);
  if (existing.includes(names.container)) return [];
  return [
    {
      subject: deploymentName(names),
      message: `Deployment ${names.deployment} has no container ${names.container}.`,
      remedy: `Set workload.container to one of: ${existing.join(', ')}.`,
    },
  ];
}

/** Without the label on both, stable's Service would send requests to the canary as well, whatever the weight says. */
function onboardingRefusals(stable: { readonly deployment: Deployment; readonly service: Service }, names: StableNames): WorkloadProblem[] {
  const problems: WorkloadProblem[] = [];
  const labels = { [sideLabel]: 'stable' };
  if (stable.deployment.spec.template.metadata?.labels?.[sideLabel] !== 'stable') {
    const patch = JSON.stringify({ spec: { template: { metadata: { labels } } } });
    problems.push({
      subject: deploymentName(names),
      message: `The pods of Deployment ${names.deployment} do not carry the label ${sideLabel}: stable.`,
      remedy: `Onboard it once, and in its manifest too; its selector cannot be changed, and need not be, and the pods are replaced as in any rolling update: kubectl -n ${names.namespace} patch deployment ${names.deployment} --type merge -p '${patch}' && kubectl -n ${names.namespace} rollout status deployment ${names.deployment}`,
    });
  }
  if (stable.service.spec.selector?.[sideLabel] !== 'stable') {
    const patch = JSON.stringify({ spec: { selector: labels } });
    problems.push({
      subject: `Service ${names.namespace}/${names.stableService}`,
      message: `Service ${names.stableService} does not select by ${sideLabel}: stable.`,
      remedy: `When all pods carry the label, and not before, lest it finds none: kubectl -n ${names.namespace} patch service ${names.stableService} --type merge -p '${patch}'`,
    });
  }
  return problems;
}

function hostRefusals({ spec }: Deployment, names: StableNames): WorkloadProblem[] {
  const { containers, initContainers = [], hostNetwork } = spec.template.spec;
  const hostPorts = [...containers, ...initContainers].flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => hostPort ?? []));
  if (hostNetwork !== true && !hostPorts.some((port) => port > 0)) return [];
  return [
    {
      subject: deploymentName(names),
      message: `Deployment ${names.deployment} takes ${hostNetwork === true ? 'the network' : `port ${hostPorts.join(', ')}`} of its node, so two versions cannot share one.`,
      remedy: 'Reach the pods through their Service, without hostPort and hostNetwork.',
    },
  ];
}

function emptyRefusals({ spec }: Deployment, names: StableNames): WorkloadProblem[] {
  if (spec.replicas !== 0) return [];
  return [
    {
      subject: deploymentName(names),
      message: `Deployment ${names.deployment} is scaled to 0, so there is nothing to compare with, and nothing to return to.`,
      remedy: 'Scale it up first, or set its image directly.',
    },
  ];
}

function deploymentName({ namespace, deployment }: StableNames): string {
  return `Deployment ${namespace}/${deployment}`;
}

import { WorkloadRejectedError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { findAutoscalers } from './find-autoscalers.ts';
import { deploymentRef, serviceRef, type WorkloadNames } from './names.ts';
import { parseAs } from './parse-as.ts';
import { findRefusals } from './refusals.ts';
import { type Autoscaler, type Deployment, deployment, type Service, service } from './schemas.ts';
import { inspectVolumes } from './volumes.ts';
import { findWarnings } from './warnings.ts';

/** Something about a workload that a person should know, and what to do about it. Both are sentences. */
export interface WorkloadProblem {
  /** What it is about, as kubectl names it: `Deployment shop/checkout`. */
  readonly subject: string;
  readonly message: string;
  readonly remedy: string;
}

/** Stable, as it is now. */
export interface Workload {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly autoscalers: readonly Autoscaler[];
  /** In the named container. */
  readonly image: string;
  /** What the Deployment was told to have. */
  readonly replicas: number;
  readonly warnings: readonly WorkloadProblem[];
}

export interface WorkloadInspection {
  /** Absent where the Deployment, the Service or the container is. */
  readonly workload: Workload | undefined;
  /** Each of them is enough to refuse a rollout. */
  readonly refusals: readonly WorkloadProblem[];
}

type StableNames = Pick<WorkloadNames, 'namespace' | 'deployment' | 'container' | 'stableService'>;

/**
 * Stable, fit for a rollout.
 * @throws WorkloadRejectedError with every reason that speaks against one.
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function readWorkload(api: KubernetesApi, names: StableNames): Promise<Workload> {
  const { workload, refusals } = await inspectWorkload(api, names);
  if (workload !== undefined && refusals.length === 0) return workload;
  throw new WorkloadRejectedError(refusals.map(({ message }) => message).join(' '), {
    remedy: refusals.map(({ remedy }) => remedy).join(' '),
  });
}

/**
 * The same, with all that speaks against a rollout as values: what `lint` prints.
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function inspectWorkload(api: KubernetesApi, names: StableNames): Promise<WorkloadInspection> {
  const [deploymentFound, serviceFound] = await Promise.all([
    api.read(deploymentRef(names.namespace, names.deployment)),
    api.read(serviceRef(names.namespace, names.stableService)),
  ]);
  const missing = [
    ...(deploymentFound === undefined ? [absent('Deployment', names.namespace, names.deployment)] : []),
    ...(serviceFound === undefined ? [absent('Service', names.namespace, names.stableService)] : []),
  ];
  if (deploymentFound === undefined || serviceFound === undefined) return { workload: undefined, refusals: missing };
  const stable = { deployment: parseAs(deployment, deploymentFound), service: parseAs(service, serviceFound) };
  const [autoscalers, volumes] = await Promise.all([
    findAutoscalers(api, names.namespace, names.deployment),
    inspectVolumes(api, names.namespace, stable.deployment),
  ]);
  const refusals = [...findRefusals(stable, names), ...volumes.refusals];
  const container = stable.deployment.spec.template.spec.containers.find(({ name }) => name === names.container);
  if (container === undefined) return { workload: undefined, refusals };
  const replicas = stable.deployment.spec.replicas ?? 1;
  const warnings = [...findWarnings(stable.deployment, autoscalers), ...volumes.warnings];
  return { workload: { ...stable, autoscalers, image: container.image ?? '', replicas, warnings }, refusals };
}

function absent(kind: string, namespace: string, name: string): WorkloadProblem {
  return {
    subject: `${kind} ${namespace}/${name}`,
    message: `There is no ${kind} ${name} in namespace ${namespace}.`,
    remedy: `Correct the workload in the rollout spec; kubectl -n ${namespace} get ${kind.toLowerCase()}s shows what there is.`,
  };
}

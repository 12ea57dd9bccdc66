import { type NamedAlready, nameTakenFindings } from '../../adapters/eks/preflight/names-taken.ts';
import { readSurroundings } from '../../adapters/eks/preflight/read-surroundings.ts';
import { rememberReads } from '../../adapters/eks/preflight/remember-reads.ts';
import { unreadFinding, unreadRootFinding } from '../../adapters/eks/preflight/unread-finding.ts';
import { deploymentRef, sideLabel } from '../../adapters/eks/workload/names.ts';
import { parseAs } from '../../adapters/eks/workload/parse-as.ts';
import { inspectWorkload, type Workload, type WorkloadProblem } from '../../adapters/eks/workload/read-workload.ts';
import { isServedByIstio } from '../../adapters/mesh/gateway-api/status.ts';
import { inspectCanaryPolicies } from '../../adapters/mesh/inspect-canary-policies.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { planRollout } from '../../core/plan/plan.ts';
import type { KubernetesApi, KubernetesObject, TrafficRouter } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { ownedDeploymentFindings, ownedRouteFindings } from '../../core/preflight/git-owner.ts';
import { inspectSurroundings, type Surroundings } from '../../core/preflight/inspect-surroundings.ts';
import { limitFindings } from '../../core/preflight/missing-limits.ts';
import { replacementFindings } from '../../core/preflight/replacement.ts';
import { frontServices, isRouteOf, istioRoutings, routeObject } from '../../core/preflight/route-objects.ts';
import { istioPortFindings, targetPortFindings } from '../../core/preflight/service-ports.ts';
import { plainService, stableDeployment } from '../../core/preflight/stable-objects.ts';
import { isSaturation, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { routePlanOf } from '../../core/traffic/shape-of.ts';
import { routeTargetOf, workloadNamesOf } from './door-target.ts';

export interface InspectOptions {
  /** How the spec's router is made for an API; the one of its kind where left out. */
  readonly router?: (api: KubernetesApi) => Pick<TrafficRouter, 'inspect'>;
}

export interface RolloutInspection {
  /** Absent where the Deployment, the Service or the container is. */
  readonly workload: Workload | undefined;
  readonly findings: readonly Finding[];
}

/**
 * All that speaks against rolling a service out, or is to be known before: of its routes, its workload, and what stands around them in the
 * namespace. Reads only, fewer than twenty things and most of them at once; what it may not read is a finding itself.
 *
 * @throws ClusterUnavailableError, ClusterForbiddenError where the workload or a route cannot be read.
 */
export async function inspectRollout(api: KubernetesApi, spec: RolloutSpec, options: InspectOptions = {}): Promise<readonly Finding[]> {
  return (await inspectWithWorkload(api, spec, options)).findings;
}

/** The same, with the workload as it was read. */
export async function inspectWithWorkload(
  api: KubernetesApi,
  spec: RolloutSpec,
  { router = (of) => createRouter(spec.router.kind, of) }: InspectOptions = {},
): Promise<RolloutInspection> {
  const { api: remembering, objects } = rememberReads(api);
  const names = workloadNamesOf(spec);
  const { namespace } = spec;
  const target = routeTargetOf(spec);
  const [{ around, unread, root }, ofRoutes, ofPolicies, { workload, refusals }, canary] = await Promise.all([
    // First, because the Service need not be read where all of them are listed.
    readSurroundings(remembering, namespace, spec.router.kind),
    router(remembering).inspect(target, routePlanOf(spec, planRollout(spec))),
    inspectCanaryPolicies(spec.router.kind, remembering, target, spec.resilience),
    inspectWorkload(remembering, names),
    remembering.read(deploymentRef(namespace, names.canaryDeployment)),
  ]);
  const routes = (await objects()).filter((object) => isRouteOf(object, spec.router));
  const named: NamedAlready[] = around.services
    .filter(({ metadata }) => metadata.name === names.canaryService)
    .map(({ metadata }) => ({ subject: `Service ${namespace}/${metadata.name}`, annotations: metadata.annotations }));
  if (canary !== undefined)
    named.push({ subject: `Deployment ${namespace}/${canary.metadata.name}`, annotations: canary.metadata.annotations });
  const findings = [
    ...ofRoutes,
    ...ofPolicies,
    ...refusals.map((problem) => findingOf('refusal', problem)),
    ...nameTakenFindings(named, spec.name),
    ...(workload === undefined ? [] : findingsOfWorkload(spec, workload, { around, routes, canaryExists: canary !== undefined })),
    ...ownedRouteFindings(routes, namespace),
    ...unreadFinding(unread, namespace),
    ...(root !== undefined && isOfIstio(spec, routes) ? unreadRootFinding(root.unread, root.namespace) : []),
  ];
  return { workload, findings };
}

/** A route of the Gateway API does not say by its kind who serves it, and another mesh has no use for what Istio's policies say. */
function isOfIstio({ router }: RolloutSpec, routes: readonly KubernetesObject[]): boolean {
  return router.kind === 'istio' || routes.some(isServedByIstio);
}

interface Seen {
  readonly around: Surroundings;
  readonly routes: readonly KubernetesObject[];
  readonly canaryExists: boolean;
}

function findingsOfWorkload(spec: RolloutSpec, workload: Workload, { around, routes, canaryExists }: Seen): Finding[] {
  const { namespace, deployment: deploymentName, stableService } = workloadNamesOf(spec);
  const deployment = parseAs(stableDeployment, workload.deployment);
  const service = parseAs(plainService, workload.service);
  const serviceSubject = `Service ${namespace}/${stableService}`;
  const stable = deployment.spec.template.metadata?.labels ?? {};
  const sides = {
    ...workloadNamesOf(spec),
    sideLabel,
    // As they are from onboarding on: without it the rollout is refused, and the rest is worth knowing all the same.
    stable: { ...stable, [sideLabel]: 'stable' },
    canary: { ...stable, [sideLabel]: 'canary' },
  };
  const routesRead = routes.map((route) => parseAs(routeObject, route));
  return [
    ...replacementFindings(deployment, namespace, deploymentName),
    ...limitFindings(deployment, spec.analysis.metrics.filter(isSaturation), { namespace, name: deploymentName }),
    ...targetPortFindings(service, deployment.spec.template.spec, serviceSubject),
    ...istioPortFindings(service, istioRoutings(routesRead, spec, stableService), serviceSubject),
    ...inspectSurroundings({ sides, deployment, canaryExists, fronts: frontServices(routesRead, spec) }, around),
    ...workload.warnings.map((problem) => findingOf('warning', problem)),
    ...ownedDeploymentFindings(deployment.metadata, `${namespace}/${deploymentName}`, spec.promotion),
  ];
}

function findingOf(severity: Finding['severity'], { subject, message, remedy }: WorkloadProblem): Finding {
  return { severity, subject, message, remedy };
}

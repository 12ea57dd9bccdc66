import * as z from 'zod/mini';
import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import type { InspectObjects } from '../route-dialect.ts';
import { applySplit, inexpressible } from './apply-split.ts';
import { inspectResolver } from './inspect-resolver.ts';
import { consulApiVersion, findPair, nameOf } from './splitter.ts';

/** What of splitters, and of the resolvers and routers of the same services, speaks against a rollout, or is to be known. */
export const inspectSplitters: InspectObjects = async (api, objects, target, weights) => {
  const findings = await Promise.all(
    objects.map(async ({ object }) => [
      ...inspectWeights(object, target, weights),
      ...(await inspectOther(api, 'serviceresolvers', object, target, inspectResolver)),
      ...(await inspectOther(api, 'servicerouters', object, target, inspectRouter)),
    ]),
  );
  return findings.flat();
};

function inspectWeights(splitter: KubernetesObject, target: RouteTarget, weights: readonly number[]): Finding[] {
  const subject = nameOf(splitter, target);
  const pair = findPair(splitter, target);
  const splits = weights.map((weight) => splitAt(weight, target.totalWeight));
  const unsaid = splits.find((split) => applySplit(pair, target, split) === undefined);
  if (unsaid !== undefined) {
    const { what: message, remedy } = inexpressible(subject, pair, target, unsaid);
    return [{ severity: 'refusal', subject, message, remedy }];
  }
  if (pair.foreignHundredths === 0) return [];
  const left = 100 - pair.foreignHundredths / 100;
  const message = `Other splits have ${pair.foreignHundredths / 100} of 100 and keep it: a weight of ${target.totalWeight} gives the canary ${left} in a hundred requests.`;
  return [{ severity: 'warning', subject, message, remedy: 'Nothing is to be done where that is meant.' }];
}

type Inspect = (found: KubernetesObject | undefined, name: string, target: RouteTarget) => Finding[];

/** The object of another kind and the same name. A cluster that does not serve the kind has none. */
async function inspectOther(
  api: KubernetesApi,
  resource: string,
  { metadata: { name } }: KubernetesObject,
  target: RouteTarget,
  inspect: Inspect,
): Promise<Finding[]> {
  const { namespace } = target;
  try {
    return inspect(await api.read({ apiVersion: consulApiVersion, resource, namespace, name }), name, target);
  } catch (error) {
    if (!(error instanceof ClusterForbiddenError)) throw error;
    const message = `Sluice may not read the ${resource} of ${namespace}, and so does not know whether ${name} has what a rollout needs there.`;
    const remedy = `Allow get on ${resource}.consul.hashicorp.com in the Role sluice of ${namespace}.`;
    return [{ severity: 'unread', subject: `${resource} ${namespace}/${name}`, message, remedy }];
  }
}

const routerSpec = z.looseObject({
  routes: z.optional(
    z.array(
      z.looseObject({ destination: z.optional(z.looseObject({ service: z.optional(z.string()), serviceSubset: z.optional(z.string()) })) }),
    ),
  ),
});

/** A ServiceRouter comes before the splitter: what it sends to a subset, or to another service, is not split. */
function inspectRouter(router: KubernetesObject | undefined, name: string, { namespace }: RouteTarget): Finding[] {
  const parsed = routerSpec.safeParse(router?.['spec'] ?? {});
  const routes = parsed.success ? (parsed.data.routes ?? []) : [];
  const past = routes.filter(
    ({ destination: { service = '', serviceSubset = '' } = {} }) => (service !== '' && service !== name) || serviceSubset !== '',
  );
  if (past.length === 0) return [];
  const some = past.length === 1 ? 'One of its routes leads' : `${past.length} of its routes lead`;
  const message = `${some} past the ServiceSplitter, to another service or to a subset: those requests are not split.`;
  const remedy = 'Leave service and serviceSubset out of the destination of routes that the rollout is to steer.';
  return [{ severity: 'warning', subject: `ServiceRouter ${namespace}/${name}`, message, remedy }];
}

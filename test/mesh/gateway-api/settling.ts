import { systemClock } from '../../../adapters/clock.ts';
import { NotFoundError } from '../../../core/errors.ts';
import type { KubernetesApi, ResourceRef } from '../../../core/ports.ts';
import { inMesh, prefix, refTo, route, to } from '../../adapters/mesh/gateway-api/gateway-routes.ts';
import { settledView } from '../../adapters/mesh/gateway-api/settled-view.ts';
import { isBench } from '../bench/attach.ts';
import type { FreshNamespace, MeshCluster } from '../bench/types.ts';
import { until } from '../bench/until.ts';

interface Status {
  readonly parents?: readonly { readonly conditions: readonly { readonly observedGeneration?: number }[] }[];
}

/**
 * Views in which every route that is read has been judged at its generation. On the bench istiod judges. In a given cluster it is found out
 * by a route whether anybody judges those with a Service as parent; where nobody does, the view writes the status that a controller would.
 *
 * @throws NotFoundError where the cluster's CRDs are too old for rules with names.
 */
export async function settling(cluster: MeshCluster, namespace: FreshNamespace): Promise<(api: KubernetesApi) => KubernetesApi> {
  if (isBench(cluster) || (await isSomebodyJudging(cluster, namespace))) {
    return (api) => settledView(api, 1, () => systemClock.sleep(10));
  }
  console.log('No controller in the given cluster judges routes of a Service: the tests write their status themselves.');
  return (api) => {
    const { list, write, remove } = api;
    return { list, write, remove, read: (ref) => settledView(api, 1, () => accept(cluster, ref)).read(ref) };
  };
}

async function isSomebodyJudging({ admin }: MeshCluster, namespace: FreshNamespace): Promise<boolean> {
  const rules = [{ name: 'probed', matches: [prefix('/')], backendRefs: [to('checkout', 1)] }];
  const { status: _, ...probe } = route('probe', rules, { parentRefs: [inMesh] });
  await namespace.apply([{ ...probe, metadata: { ...probe.metadata, namespace: namespace.name } }]).catch((cause: unknown) => {
    throw new NotFoundError('The given cluster takes no HTTPRoute whose rule has a name.', {
      remedy: `Install the CRDs of the Gateway API 1.4 or newer. ${cause instanceof Error ? cause.message : ''}`,
      cause,
    });
  });
  const isJudged = async () => {
    const found = await admin.read({ ...refTo('probe'), namespace: namespace.name });
    const { parents = [] } = (found?.['status'] ?? {}) as Status;
    const conditions = parents.flatMap((parent) => parent.conditions);
    return conditions.length > 0 && conditions.every(({ observedGeneration }) => observedGeneration === found?.metadata.generation);
  };
  return until(isJudged, { withinMs: 5_000 }).then(
    () => true,
    () => false,
  );
}

/** Says of a route what a controller says that has no objection. */
async function accept({ admin, raw }: MeshCluster, ref: ResourceRef): Promise<void> {
  const found = await admin.read(ref);
  if (found === undefined) return;
  const { parentRefs } = found['spec'] as { readonly parentRefs: readonly unknown[] };
  const conditions = ['Accepted', 'ResolvedRefs'].map((type) => ({
    type,
    status: 'True',
    reason: type,
    message: '',
    observedGeneration: found.metadata.generation,
    lastTransitionTime: new Date(systemClock.now()).toISOString(),
  }));
  const parents = parentRefs.map((parentRef) => ({ controllerName: 'example.com/nobody', parentRef, conditions }));
  const path = `/apis/${ref.apiVersion}/namespaces/${ref.namespace}/${ref.resource}/${ref.name}/status`;
  const answer = await raw.ask('PATCH', path, { status: { parents } }, 'application/merge-patch+json');
  if (answer.status !== 200) throw new Error(`the status of ${ref.name} was not written: ${answer.body}`);
}

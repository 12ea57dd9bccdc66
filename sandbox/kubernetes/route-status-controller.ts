import * as z from 'zod/mini';
import type { SandboxClock } from '../clock.ts';
import { attachedHosts, parentRef, readGateway } from '../traffic/gateway.ts';
import { type ConditionNow, condition } from './conditions.ts';
import { isRecord, sameJson } from './json.ts';
import { gateways, grpcRoutes, httpRoutes } from './mesh-types.ts';
import type { Change, ObjectStore, StoredObject } from './object-store.ts';
import type { ResourceType } from './resource-type.ts';
import { services } from './resource-types.ts';
import { WorkQueue } from './work-queue.ts';

const backendRef = z.object({
  group: z._default(z.string(), ''),
  kind: z._default(z.string(), 'Service'),
  name: z.string(),
  namespace: z.optional(z.string()),
});
const filters = z._default(z.array(z.object({ requestMirror: z.optional(z.object({ backendRef })) })), []);

const route = z.object({
  spec: z.object({
    parentRefs: z._default(z.array(z.looseObject(parentRef.shape)), []),
    hostnames: z._default(z.array(z.string()), []),
    rules: z._default(z.array(z.object({ filters, backendRefs: z._default(z.array(z.extend(backendRef, { filters })), []) })), []),
  }),
});
type Route = z.infer<typeof route>['spec'];

const routeTypes = [httpRoutes, grpcRoutes] as const;

/**
 * Says in `status.parents` of HTTPRoutes and GRPCRoutes whether each parent takes the route and whether its backends are there, as istiod
 * does. A parent that is no Gateway or Service of the cluster gets no entry: nobody is there to write one.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#routestatus
 */
export class RouteStatusController {
  readonly #store: ObjectStore;
  readonly #clock: SandboxClock;
  readonly #queues: ReadonlyMap<ResourceType, WorkQueue>;

  constructor(store: ObjectStore, clock: SandboxClock, delayMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#queues = new Map(
      routeTypes.map((type) => [type, new WorkQueue(clock, delayMs === 0 ? 'soon' : delayMs, (key) => this.#reconcile(type, key))]),
    );
    store.onChange((change) => this.#onChange(change));
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #onChange({ resource, type, object }: Change): void {
    if (type !== 'DELETED') this.#queues.get(resource)?.add(object.metadata);
    if (resource !== gateways && resource !== services) return;
    for (const [routeType, queue] of this.#queues) for (const { metadata } of this.#store.list(routeType, '')) queue.add(metadata);
  }

  #reconcile(type: ResourceType, key: { readonly namespace: string; readonly name: string }): void {
    const object = this.#store.read(type, key);
    const parsed = route.safeParse(object);
    if (object === undefined || !parsed.success) return;
    const { spec } = parsed.data;
    const before = parentsOf(object);
    const parents = spec.parentRefs.flatMap((ref) => {
      const accepted = this.#accepted(spec, ref, key.namespace);
      if (accepted === undefined) return [];
      const controllerName = ref.kind === 'Service' ? 'istio.io/mesh-controller' : 'istio.io/gateway-controller';
      const was = before.find((parent) => sameJson(parent['parentRef'], ref))?.['conditions'];
      const conditions = [accepted, this.#resolved(spec, key.namespace)].map((now) =>
        condition(now, object.metadata.generation, was, this.#clock.now()),
      );
      return [{ parentRef: ref, controllerName, conditions }];
    });
    this.#store.update(type, key, (current) => ({ object: { ...current, status: { parents } } }), { part: 'status' });
  }

  #accepted(spec: Route, ref: Route['parentRefs'][number], routeNamespace: string): ConditionNow | undefined {
    const key = { namespace: ref.namespace ?? routeNamespace, name: ref.name };
    const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Route was valid' } as const;
    if (ref.kind === 'Service') return this.#store.read(services, key) === undefined ? undefined : accepted;
    const gateway = ref.kind === 'Gateway' ? this.#store.read(gateways, key) : undefined;
    if (gateway === undefined) return undefined;
    const hosts = attachedHosts(readGateway(gateway), ref, { namespace: routeNamespace, hostnames: spec.hostnames });
    if (typeof hosts !== 'string') return accepted;
    return { type: 'Accepted', status: 'False', reason: hosts, message: `no listener of Gateway ${key.name} takes the route` };
  }

  #resolved({ rules }: Route, namespace: string): ConditionNow {
    const refs = rules.flatMap((rule) => [
      ...rule.backendRefs,
      ...[...rule.filters, ...rule.backendRefs.flatMap((ref) => ref.filters)].flatMap(
        ({ requestMirror }) => requestMirror?.backendRef ?? [],
      ),
    ]);
    for (const { group, kind, name, namespace: its = namespace } of refs) {
      const refused = (reason: string, message: string) => ({ type: 'ResolvedRefs', status: 'False', reason, message }) as const;
      if (group !== '' || kind !== 'Service')
        return refused('InvalidKind', `referencing unsupported backendRef: group "${group}" kind "${kind}"`);
      if (its !== namespace)
        return refused('RefNotPermitted', `backendRef ${its}/${name} not accessible to a route in namespace "${namespace}"`);
      if (this.#store.read(services, { namespace: its, name }) === undefined) {
        return refused('BackendNotFound', `backend(${name}.${its}.svc.cluster.local) not found`);
      }
    }
    return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references resolved' };
  }
}

function parentsOf(object: StoredObject): Record<string, unknown>[] {
  const status = object['status'];
  const parents = isRecord(status) ? status['parents'] : undefined;
  return Array.isArray(parents) ? parents.filter(isRecord) : [];
}

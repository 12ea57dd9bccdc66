import * as z from 'zod/mini';
import type { JsonPatchOperation, KubernetesApi } from '../../../core/ports.ts';
import { type AutoscalerPin, autoscalerPin } from '../../../core/rollout/record.ts';
import { annotationPath, fenceOperations } from '../../mesh/fence.ts';
import { findAutoscalers, listAutoscalers, sizes } from './find-autoscalers.ts';
import { autoscalerRef, type Owner, type WorkloadNames } from './names.ts';
import { parseAs } from './parse-as.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { type Autoscaler, autoscaler } from './schemas.ts';

/** What the autoscaler was before the rollout, written on itself: giving it back needs no other memory. */
export function pinAnnotation(rollout: string): string {
  return `pin.sluice.dev/${rollout}`;
}

/** `edited`: somebody changed the pinned minimum meanwhile, and theirs was left. */
export interface Unpinned {
  readonly name: string;
  readonly status: 'restored' | 'edited';
}

type FencedOwner = Pick<Owner, 'rollout' | 'fence'>;

/**
 * Keeps stable's autoscalers from shrinking it while the canary takes its traffic away (T7): raises `minReplicas` to the number of
 * replicas that stable has, never beyond `maxReplicas`. Idempotent: what was remembered once stays remembered, and a pin that
 * somebody undid is set again. Nothing is done where there is no autoscaler, or its minimum is high enough.
 *
 * @example minReplicas 2, maxReplicas 10, stable at 6: minReplicas becomes 6, and 2 is remembered
 * @throws FencedError where a later owner has unpinned already.
 * @throws WriteConflictError, ClusterUnavailableError (both retryable)
 */
export async function pinAutoscaler(
  api: KubernetesApi,
  stable: Pick<WorkloadNames, 'namespace' | 'deployment'> & FencedOwner & { readonly replicas: number },
): Promise<AutoscalerPin[]> {
  const targeting = await findAutoscalers(api, stable.namespace, stable.deployment);
  const pins = await Promise.all(
    targeting.map(({ metadata: { name } }) => changeAutoscaler(api, name, stable, (found) => pin(found, stable))),
  );
  return pins.filter((each) => each !== undefined);
}

/**
 * Gives each autoscaler that carries this rollout's pin its old minimum back. Idempotent. One that was pinned, but whose pin was
 * never recorded, is found as well; the recorded pins count only where the annotation on it can no longer be read. The fence stays
 * behind, so that a late pin is refused.
 *
 * @param stable.pinsUnder - the Deployment whose autoscalers may still be pinned by a writer who is late, though they carry no pin: the fence is
 *   left on them as well, or that pin would land and stay for ever.
 * @throws FencedError, WriteConflictError, ClusterUnavailableError
 */
export async function unpinAutoscaler(
  api: KubernetesApi,
  stable: Pick<WorkloadNames, 'namespace'> &
    FencedOwner & { readonly pins: readonly AutoscalerPin[]; readonly pinsUnder?: string | undefined },
): Promise<Unpinned[]> {
  const all = await listAutoscalers(api, stable.namespace);
  const pinned = all.filter(
    (found) => found.metadata.annotations?.[pinAnnotation(stable.rollout)] !== undefined || sizes(found, stable.pinsUnder),
  );
  const unpinned = await Promise.all(
    pinned.map(({ metadata: { name } }) => changeAutoscaler(api, name, stable, (found) => unpin(found, stable.rollout, stable.pins))),
  );
  return unpinned.filter((each) => each !== undefined);
}

/**
 * What somebody did to the recorded pins, as sentences: a minimum below what it was pinned to, or an autoscaler that is gone. A higher
 * minimum is theirs to choose. Does not ask the cluster where nothing was pinned.
 *
 * @example pinned to 4, read as 2: 'Autoscaler checkout lets stable shrink to 2, below the 4 that it was pinned to.'
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function findUndonePins(
  api: KubernetesApi,
  stable: Pick<WorkloadNames, 'namespace'> & { readonly pins: readonly AutoscalerPin[] },
): Promise<string[]> {
  if (stable.pins.length === 0) return [];
  const all = await listAutoscalers(api, stable.namespace);
  return stable.pins.flatMap(({ name, pinnedTo }) => {
    const found = all.find(({ metadata }) => metadata.name === name);
    if (found === undefined) return [`Autoscaler ${name}, which was pinned to ${pinnedTo}, is gone.`];
    const present = found.spec.minReplicas ?? 1;
    return present >= pinnedTo ? [] : [`Autoscaler ${name} lets stable shrink to ${present}, below the ${pinnedTo} that it was pinned to.`];
  });
}

function pin(found: Autoscaler, stable: FencedOwner & { readonly replicas: number }): Change<AutoscalerPin> {
  const remembered = pinOf(found, stable.rollout);
  const present = found.spec.minReplicas ?? 1;
  const pinnedTo = Math.min(Math.max(remembered?.pinnedTo ?? 0, stable.replicas), found.spec.maxReplicas);
  if (remembered === undefined && present >= pinnedTo) return { done: undefined, operations: [] };
  const done = { name: found.metadata.name, minReplicas: remembered?.minReplicas ?? present, pinnedTo };
  return {
    done,
    operations: [...rememberOperations(found, stable.rollout, done), ...minimumOperations(found, Math.max(present, pinnedTo))],
  };
}

function unpin(found: Autoscaler, rollout: string, recorded: readonly AutoscalerPin[]): Change<Unpinned> {
  const { name } = found.metadata;
  const text = found.metadata.annotations?.[pinAnnotation(rollout)];
  if (text === undefined) return { done: undefined, operations: [], leavesFence: true };
  const path = annotationPath(pinAnnotation(rollout));
  const forget: JsonPatchOperation[] = [
    { op: 'test', path, value: text },
    { op: 'remove', path },
  ];
  const done = pinOf(found, rollout) ?? recorded.find((each) => each.name === name);
  if (done === undefined || found.spec.minReplicas !== done.pinnedTo) return { done: { name, status: 'edited' }, operations: forget };
  return { done: { name, status: 'restored' }, operations: [...forget, ...minimumOperations(found, done.minReplicas)] };
}

/** What there is to tell, and the operations that bring it about; none where the autoscaler is to be left alone. */
interface Change<T> {
  readonly done: T | undefined;
  readonly operations: readonly JsonPatchOperation[];
  /** Where nothing is to be told, the fence is left on it all the same. */
  readonly leavesFence?: boolean;
}

async function changeAutoscaler<T>(
  api: KubernetesApi,
  name: string,
  { namespace, rollout, fence }: Pick<WorkloadNames, 'namespace'> & FencedOwner,
  decide: (found: Autoscaler) => Change<T>,
): Promise<T | undefined> {
  const ref = autoscalerRef(namespace, name);
  const { done } = await retryConflicts<Pick<Change<T>, 'done'>>(`HorizontalPodAutoscaler ${namespace}/${name}`, async () => {
    const object = await api.read(ref);
    if (object === undefined) return { done: undefined };
    const { done, operations, leavesFence = done !== undefined } = decide(parseAs(autoscaler, object));
    if (!leavesFence) return { done };
    const same: JsonPatchOperation = { op: 'test', path: '/metadata/uid', value: object.metadata.uid };
    const all = [same, ...fenceOperations(object, { rollout, fence, role: 'door' }), ...operations];
    if (all.every(({ op }) => op === 'test')) return { done };
    const written = await api.write({ jsonPatch: ref, operations: all });
    return written.status === 'written' ? { done } : undefined;
  });
  return done;
}

function rememberOperations(found: Autoscaler, rollout: string, pin: AutoscalerPin): JsonPatchOperation[] {
  const value = JSON.stringify({ minReplicas: pin.minReplicas, pinnedTo: pin.pinnedTo });
  const path = annotationPath(pinAnnotation(rollout));
  return found.metadata.annotations?.[pinAnnotation(rollout)] === value ? [] : [{ op: 'add', path, value }];
}

function minimumOperations(found: Autoscaler, minReplicas: number): JsonPatchOperation[] {
  const path = '/spec/minReplicas';
  const present = found.spec.minReplicas;
  const test: JsonPatchOperation[] = present === undefined ? [] : [{ op: 'test', path, value: present }];
  return present === minReplicas ? test : [...test, { op: 'add', path, value: minReplicas }];
}

function pinOf(found: Autoscaler, rollout: string): AutoscalerPin | undefined {
  const text = found.metadata.annotations?.[pinAnnotation(rollout)];
  if (text === undefined) return undefined;
  const read = z.safeParse(autoscalerPin, { name: found.metadata.name, ...jsonFields(text) });
  return read.success ? read.data : undefined;
}

function jsonFields(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

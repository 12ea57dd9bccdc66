import { FencedError, WorkloadRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import { createdFenceAnnotation, type Owner, rolloutAnnotation, rolloutIdAnnotation } from './names.ts';

/** What is written on everything that Sluice creates. */
export function ownerAnnotations(owner: Owner): Record<string, string> {
  return {
    [rolloutAnnotation]: owner.rollout,
    [rolloutIdAnnotation]: owner.rolloutId,
    [createdFenceAnnotation]: String(owner.fence),
  };
}

/**
 * Whose an object is, seen from one rollout.
 * - `ours`: made by this run of the rollout.
 * - `leftover`: made by an earlier run of the same rollout.
 * - `newer`: a later owner of the same rollout has it.
 * - `foreign`: not made by this rollout at all.
 */
export type Ownership = 'ours' | 'leftover' | 'newer' | 'foreign';

export function ownershipOf(object: Pick<KubernetesObject, 'metadata'>, owner: Owner): Ownership {
  const annotations = object.metadata.annotations ?? {};
  if (annotations[rolloutAnnotation] !== owner.rollout) return 'foreign';
  if (createdFence(object) > owner.fence) return 'newer';
  return annotations[rolloutIdAnnotation] === owner.rolloutId ? 'ours' : 'leftover';
}

/**
 * As ownershipOf, where only what is ours may be written.
 * @throws FencedError where a later owner has it.
 * @throws WorkloadRejectedError where somebody else made an object of that name.
 */
export function requireOwnership(object: KubernetesObject, owner: Owner): 'ours' | 'leftover' {
  const ownership = ownershipOf(object, owner);
  const name = `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  if (ownership === 'newer') {
    throw new FencedError(`${name} carries fence ${createdFence(object)}, and this execution holds ${owner.fence}.`, {
      remedy: 'Another owner has taken over; this execution must not write.',
    });
  }
  if (ownership === 'foreign') {
    throw new WorkloadRejectedError(`${name} exists already, and rollout ${owner.rollout} did not make it.`, {
      remedy: 'Rename or remove it: Sluice needs that name for the canary, and touches nothing that it did not create.',
    });
  }
  return ownership;
}

/** The fence on something that Sluice created; an unreadable one is older than any. */
function createdFence(object: Pick<KubernetesObject, 'metadata'>): number {
  const text = object.metadata.annotations?.[createdFenceAnnotation] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

import * as z from 'zod/mini';
import * as manifests from './manifests.ts';
import type { StoredObject } from './object-store.ts';

const previous = z.object({
  status: z.object({
    conditions: z._default(z.array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string() })), []),
    containerStatuses: z._default(z.array(z.object({ state: z.optional(z.unknown()) })), []),
  }),
});

/** `status.conditions` of a Pod; the time of a transition stays until the next one. */
export function podConditions(pod: StoredObject, ready: boolean, nowMs: number): readonly unknown[] {
  const before = previous.safeParse(pod).data?.status.conditions ?? [];
  const at = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => {
    const status = ready || type === 'PodScheduled' || type === 'Initialized' ? 'True' : 'False';
    const same = before.find((each) => each.type === type && each.status === status);
    return { type, status, lastTransitionTime: same?.lastTransitionTime ?? at };
  });
}

/** `status.containerStatuses`: all containers of a sandbox pod fare alike. Without a new state the present one stays. */
export function containerStatuses(
  pod: StoredObject,
  now: { readonly ready: boolean; readonly restarts: number; readonly state?: Readonly<Record<string, unknown>> },
): readonly unknown[] {
  const before = previous.safeParse(pod).data?.status.containerStatuses[0]?.state;
  return manifests.pod.parse(pod).spec.containers.map(({ name, image = '' }) => ({
    name,
    image,
    ready: now.ready,
    started: now.ready,
    restartCount: now.restarts,
    state: now.state ?? before ?? {},
  }));
}

import type { KubernetesObject } from '../../core/ports.ts';
import type { SandboxClock } from '../clock.ts';

export type ObjectChange = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Where the proxy learns of the cluster's objects. An object that was handed out is never altered afterwards. */
export interface ObjectSource {
  /** All objects of a kind, by its name in manifests: `VirtualService`, `EndpointSlice`, `Pod`. Empty where it has none. */
  list(kind: string): readonly KubernetesObject[];
  /** Calls back after each change, in order. Returns how to end it. */
  onChange(listener: (type: ObjectChange, object: KubernetesObject) => void): () => void;
}

export interface FollowOptions {
  readonly clock: SandboxClock;
  readonly source: ObjectSource;
  readonly kinds: readonly string[];
  /** How long a change is on its way: istiod's debounce and push, and Envoy's update. */
  readonly propagationMs: number;
  readonly apply: (type: ObjectChange, object: KubernetesObject) => void;
}

/** Applies what is there at once, as a proxy does before it takes traffic, and every later change after its delay. */
export function followObjects({ clock, source, kinds, propagationMs, apply }: FollowOptions): () => void {
  const underWay = new Set<() => void>();
  const unsubscribe = source.onChange((type, object) => {
    if (!kinds.includes(object.kind)) return;
    const cancel = clock.timer(propagationMs, () => {
      underWay.delete(cancel);
      apply(type, object);
    });
    underWay.add(cancel);
  });
  for (const kind of kinds) for (const object of source.list(kind)) apply('ADDED', object);
  return () => {
    unsubscribe();
    for (const cancel of underWay) cancel();
    underWay.clear();
  };
}

/** Names an object in messages and maps: `VirtualService shop/checkout`. */
export function objectKey(object: KubernetesObject): string {
  return `${object.kind} ${object.metadata.namespace ?? 'default'}/${object.metadata.name}`;
}

import type { KubernetesObject } from '../../core/ports.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Surroundings } from '../../sandbox/surroundings.ts';

type Cluster = Pick<Surroundings, 'kubernetes'>;

/** What a rollout must leave as it found it. */
export type TailPart = 'routes' | 'autoscalers' | 'deployments';

/** The user's own objects at one moment, as far as a rollout must give them back. */
export type Tail = Readonly<Record<TailPart, ReadonlyMap<string, unknown>>>;

const kinds: Readonly<Record<TailPart, readonly { readonly apiVersion: string; readonly resource: string }[]>> = {
  routes: [
    { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' },
    { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules' },
    { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes' },
  ],
  autoscalers: [{ apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers' }],
  deployments: [{ apiVersion: 'apps/v1', resource: 'deployments' }],
};

export function tailOf(sandbox: Cluster): Tail {
  const still = (part: TailPart) =>
    new Map(
      kinds[part].flatMap((kind) =>
        sandbox.kubernetes
          .list({ ...kind, namespace: '' })
          .map((object) => [`${kind.resource} ${object.metadata.name}`, withoutFences(object)] as const),
      ),
    );
  return { routes: still('routes'), autoscalers: still('autoscalers'), deployments: still('deployments') };
}

/**
 * What the rollouts of a scenario left behind: objects that are not deep-equal to what they were at the start, but for the fences,
 * which stay for late writers to find, and for the image that stable was promoted to (T4, T5, T7); or anything of a canary.
 */
export function leftBehind(
  sandbox: Cluster,
  services: SandboxOptions['services'],
  before: Tail,
  changedByOthers: readonly TailPart[],
): string[] {
  const after = tailOf(sandbox);
  const found: string[] = [];
  for (const part of Object.keys(kinds) as TailPart[]) {
    if (changedByOthers.includes(part)) continue;
    const names = new Set([...before[part].keys(), ...after[part].keys()]);
    for (const name of names) {
      const [was, is] = [sorted(before[part].get(name)), sorted(after[part].get(name))];
      if (was !== is) found.push(`${name} was ${was}, and is ${is}`);
    }
  }
  for (const { name, namespace } of services) {
    const canary = `${name}-canary`;
    const ref = { namespace, name: canary };
    if (sandbox.kubernetes.get({ apiVersion: 'apps/v1', resource: 'deployments', ...ref })) found.push(`Deployment ${canary} is left`);
    if (sandbox.kubernetes.get({ apiVersion: 'v1', resource: 'services', ...ref })) found.push(`Service ${canary} is left`);
  }
  return found;
}

function withoutFences({ metadata, ...rest }: KubernetesObject): unknown {
  const { status: _status, ...content } = rest as Record<string, unknown>;
  const { resourceVersion: _version, generation: _generation, managedFields: _managers, annotations = {}, ...identity } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !isOfController(key));
  return withoutImages({ ...content, metadata: { ...identity, annotations: Object.fromEntries(kept) } });
}

/** Fences stay, and a Deployment's controller counts its templates. */
function isOfController(annotation: string): boolean {
  return annotation.startsWith('fence.sluice.dev/') || annotation === 'deployment.kubernetes.io/revision';
}

/** Which image stable runs is stated by the scenario itself. */
function withoutImages(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'image' ? undefined : inner)));
}

function sorted(value: unknown): string {
  const inOrder = (_key: string, inner: unknown): unknown =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  return JSON.stringify(value, inOrder) ?? 'absent';
}

import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/ports.ts';

/**
 * The part of a VirtualService that Sluice reads. Everything else stays as it is, unknown fields too.
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
const destination = z.looseObject({ host: z.string(), subset: z.optional(z.string()) });
const destinationWeight = z.looseObject({
  destination,
  weight: z.optional(z.int().check(z.nonnegative())),
});
export type DestinationWeight = z.infer<typeof destinationWeight>;

/** One entry of a rule's `mirrors`. */
export const mirrorEntry = z.looseObject({ destination });

/** The destinations of one rule. */
export const destinationWeights = z.array(destinationWeight);

const rules = z.optional(
  z.array(
    z.looseObject({
      name: z.optional(z.string()),
      match: z.optional(z.array(z.record(z.string(), z.unknown()))),
      route: z.optional(destinationWeights),
    }),
  ),
);
const virtualServiceSpec = z.looseObject({ http: rules, tcp: rules, tls: rules });

const ruleKinds = ['http', 'tcp', 'tls'] as const;
export type RuleKind = (typeof ruleKinds)[number];

export type Fields = Readonly<Record<string, unknown>>;

/** One http, tcp or tls rule, and where it stands among those of its kind. */
export interface Rule {
  /** With the object that it is a rule of, for messages. */
  readonly label: string;
  readonly kind: RuleKind;
  readonly index: number;
  /** Only http rules have one, and they need not. */
  readonly name: string | undefined;
  readonly match: readonly Fields[] | undefined;
  /** Empty where the rule delegates, redirects or answers by itself. */
  readonly route: readonly DestinationWeight[];
  readonly whole: Fields;
}

/** @throws RouteRejectedError where the VirtualService has a shape that Sluice does not know. */
export function rulesOf(virtualService: KubernetesObject): Rule[] {
  const parsed = virtualServiceSpec.safeParse(virtualService['spec']);
  if (!parsed.success) {
    throw new RouteRejectedError(`${nameOf(virtualService)} has a shape that Sluice does not know.`, {
      remedy: 'Check it with `istioctl analyze`.',
      cause: parsed.error,
    });
  }
  return ruleKinds.flatMap((kind) =>
    (parsed.data[kind] ?? []).map((whole, index) => {
      const { match, route = [] } = whole;
      const name = kind === 'http' ? whole.name : undefined;
      const label = `${kind} route ${name ?? index} of ${nameOf(virtualService)}`;
      return { label, kind, index, name, match, route, whole };
    }),
  );
}

/** The fields of what should be an object, none where it is something else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** As kubectl names it: `VirtualService shop/checkout`. */
export function nameOf({ metadata }: KubernetesObject): string {
  return `VirtualService ${metadata.namespace ?? 'default'}/${metadata.name}`;
}

/** What a rule leads to, as people read it. */
export function destinationsText(route: readonly DestinationWeight[]): string {
  const names = route.map(({ destination: { host, subset } }) => (subset === undefined ? host : `${host} (subset ${subset})`));
  return names.join(', ') || 'nothing';
}

/**
 * Whether a destination's host means that Service. Istio takes the short name, and any longer form up to the full one.
 *
 * @example isService('checkout.shop.svc.cluster.local', 'checkout', 'shop') // true
 */
export function isService(host: string, service: string, namespace: string): boolean {
  const inNamespace = `${service}.${namespace}`;
  return host === service || host === inNamespace || `${host}.`.startsWith(`${inNamespace}.svc.`);
}

import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { IstioRoute } from '../../../core/spec/router-spec.ts';

/**
 * The part of a VirtualService that Sluice reads. Everything else stays as it is, unknown fields too.
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
const destinationWeight = z.looseObject({
  destination: z.looseObject({ host: z.string(), subset: z.optional(z.string()) }),
  weight: z.optional(z.int().check(z.nonnegative())),
});
export type DestinationWeight = z.infer<typeof destinationWeight>;

const httpRule = z.looseObject({
  name: z.optional(z.string()),
  match: z.optional(z.array(z.record(z.string(), z.unknown()))),
  route: z.optional(z.array(destinationWeight)),
  delegate: z.optional(z.unknown()),
});

const virtualServiceSpec = z.looseObject({ http: z.optional(z.array(httpRule)) });

/** One http rule, and where it stands. */
export interface HttpRule {
  readonly index: number;
  readonly name: string | undefined;
  readonly match: readonly Record<string, unknown>[] | undefined;
  readonly route: readonly DestinationWeight[];
}

/**
 * The rule that a spec's route names, or the only one that leads to stable.
 *
 * @throws RouteRejectedError where there is none, more than one, or one that cannot be steered by weights.
 */
export function findRule(virtualService: KubernetesObject, ref: IstioRoute, target: RouteTarget): HttpRule {
  const name = virtualService.metadata.name;
  const parsed = virtualServiceSpec.safeParse(virtualService['spec']);
  if (!parsed.success) {
    throw new RouteRejectedError(`VirtualService ${target.namespace}/${name} has a shape that Sluice does not know.`, {
      remedy: 'Check it with `istioctl analyze`.',
      cause: parsed.error,
    });
  }
  const rules = (parsed.data.http ?? []).map((rule, index) => ({ ...rule, index }));
  const named =
    ref.http === undefined ? rules.filter((rule) => leadsToStable(rule.route ?? [], target)) : rules.filter((r) => r.name === ref.http);
  const [rule, second] = named;
  if (rule === undefined || second !== undefined) {
    const found = rules.map((r) => r.name ?? '(unnamed)').join(', ') || 'none';
    const wanted =
      ref.http === undefined
        ? `no http route named, and ${named.length} lead to ${target.stableService}`
        : `${named.length} are named ${ref.http}`;
    throw new RouteRejectedError(`VirtualService ${target.namespace}/${name}: ${wanted}. Its http routes are: ${found}.`, {
      remedy: 'Name the one to steer as `http:` under router.routes in the spec.',
    });
  }
  if (rule.delegate !== undefined || rule.route === undefined) {
    throw new RouteRejectedError(
      `Route ${rule.name ?? rule.index} of VirtualService ${target.namespace}/${name} delegates, redirects or answers by itself.`,
      {
        remedy: 'Let the spec name the VirtualService that holds the destinations.',
      },
    );
  }
  assertOnlyOurDestinations(rule.route, name, target);
  return { index: rule.index, name: rule.name, match: rule.match, route: rule.route };
}

/**
 * Refuses a rule of which the canary's destination would be made from one that names a subset of stable's host: the canary's host has no
 * DestinationRule that makes such a subset.
 *
 * @throws RouteRejectedError
 */
export function assertNoSubset(rule: HttpRule, name: string, target: RouteTarget): void {
  const { namespace, stableService, canaryService } = target;
  const hasCanary = rule.route.some(({ destination }) => isService(destination.host, canaryService, namespace));
  const { subset = '' } = rule.route.find(({ destination }) => isService(destination.host, stableService, namespace))?.destination ?? {};
  if (hasCanary || subset === '') return;
  throw new RouteRejectedError(
    `Route ${rule.name ?? rule.index} of VirtualService ${namespace}/${name} leads to the subset ${subset} of ${stableService}, and the canary's own Service has none.`,
    { remedy: 'Take subset out of its destination: Sluice splits traffic between two Services, and has no subset mode yet.' },
  );
}

/** All rules with destinations, whether they can be steered or not; none where the shape is not known. */
export function rulesOf(virtualService: KubernetesObject): HttpRule[] {
  const parsed = virtualServiceSpec.safeParse(virtualService['spec']);
  const rules = parsed.success ? (parsed.data.http ?? []) : [];
  return rules.map(({ name, match, route = [] }, index) => ({ index, name, match, route }));
}

function leadsToStable(route: readonly DestinationWeight[], target: RouteTarget): boolean {
  return route.some((entry) => isService(entry.destination.host, target.stableService, target.namespace));
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

function assertOnlyOurDestinations(route: readonly DestinationWeight[], name: string, target: RouteTarget): void {
  const { stableService, canaryService, namespace } = target;
  const foreign = route.filter(
    ({ destination }) => !isService(destination.host, stableService, namespace) && !isService(destination.host, canaryService, namespace),
  );
  const stable = route.filter(({ destination }) => isService(destination.host, stableService, namespace));
  if (foreign.length > 0 || stable.length !== 1) {
    throw new RouteRejectedError(
      `VirtualService ${namespace}/${name} leads to ${route.map((entry) => entry.destination.host).join(', ')}; expected ${stableService} once, and at most ${canaryService} beside it.`,
      { remedy: 'Give this service a rule of its own; Sluice does not split a share of a rule that others share.' },
    );
  }
}

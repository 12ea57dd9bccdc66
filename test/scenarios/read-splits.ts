import * as z from 'zod/mini';
import { sidesOf } from '../../sandbox/service-objects.ts';

/** What one rule of a route object gives to the two sides of a service, in hundredths of what they have together. */
export interface RuleSplit {
  readonly service: string;
  readonly stable: number;
  readonly canary: number;
  readonly fence: number | undefined;
}

const metadata = z.looseObject({ annotations: z.optional(z.record(z.string(), z.string())) });

const virtualService = z.looseObject({
  metadata,
  spec: z.looseObject({
    http: z.array(
      z.looseObject({
        name: z.string(),
        route: z.array(
          z.looseObject({
            destination: z.looseObject({ host: z.string(), subset: z.optional(z.string()) }),
            weight: z.optional(z.int()),
          }),
        ),
      }),
    ),
  }),
});

const httpRoute = z.looseObject({
  metadata,
  spec: z.looseObject({
    rules: z.array(
      z.looseObject({ name: z.string(), backendRefs: z.array(z.looseObject({ name: z.string(), weight: z._default(z.int(), 1) })) }),
    ),
  }),
});

interface Rule {
  readonly name: string;
  readonly backends: readonly { readonly name: string; readonly weight: number }[];
}

/** The kinds of objects that `readSplits` can read. */
export const routeKinds: readonly string[] = ['VirtualService', 'HTTPRoute'];

/**
 * What a route object says of each service that has a rule by its name. Read without Sluice's own reading, so that the two would have to be
 * wrong in the same way.
 */
export function readSplits(object: { readonly kind: string }, services: { has(name: string): boolean }): RuleSplit[] {
  const parsed = object.kind === 'HTTPRoute' ? httpRoute.parse(object) : virtualService.parse(object);
  const rules = 'http' in parsed.spec ? rulesOfIstio(virtualService.parse(object)) : rulesOfGateway(httpRoute.parse(object));
  return rules.flatMap(({ name, backends }) => {
    if (!services.has(name)) return [];
    const fence = parsed.metadata.annotations?.[`fence.sluice.dev/${name}`];
    return [{ service: name, ...pairOf(name, backends), fence: fence === undefined ? undefined : Number(fence) }];
  });
}

function rulesOfIstio({ spec }: z.infer<typeof virtualService>): Rule[] {
  return spec.http.map(({ name, route }) => ({
    name,
    backends: route.map(({ destination: { host, subset }, weight = 0 }) => ({
      name: subset === undefined ? host : `${host}/${subset}`,
      weight: route.length === 1 ? 100 : weight,
    })),
  }));
}

function rulesOfGateway({ spec }: z.infer<typeof httpRoute>): Rule[] {
  return spec.rules.map(({ name, backendRefs }) => ({ name, backends: backendRefs }));
}

/** As it is written, so that its sum can be judged; where others have a share of the rule, as hundredths of what they leave. */
function pairOf(service: string, backends: Rule['backends']): { readonly stable: number; readonly canary: number } {
  const sides = sidesOf(service);
  const isStable = (name: string) => name === service || name === `${sides}/stable`;
  const isCanary = (name: string) => name === `${service}-canary` || name === `${sides}/canary`;
  const weightOf = (isSide: (name: string) => boolean) => {
    const found = backends.find(({ name }) => isSide(name));
    return backends.length === 1 && found !== undefined ? 100 : (found?.weight ?? 0);
  };
  const [stable, canary] = [weightOf(isStable), weightOf(isCanary)];
  const hasOthers = backends.some(({ name }) => !isStable(name) && !isCanary(name));
  if (!hasOthers || stable + canary === 0) return { stable, canary };
  return { stable: (stable * 100) / (stable + canary), canary: (canary * 100) / (stable + canary) };
}

import * as z from 'zod/mini';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { compareRanks, routeMatch, routeMatcher } from '../../../../sandbox/traffic/http-route-match.ts';
import type { RequestForContract, Treatment } from '../../../contract/router-hand.ts';

const header = z.object({ name: z.string(), value: z.string() });
const filter = z.object({
  responseHeaderModifier: z.optional(z.object({ add: z.optional(z.array(header)) })),
  requestMirror: z.optional(
    z.object({
      backendRef: z.object({ name: z.string() }),
      percent: z.optional(z.int()),
      fraction: z.optional(z.object({ numerator: z.int(), denominator: z._default(z.int(), 100) })),
    }),
  ),
});
const spec = z.object({
  rules: z.array(
    z.object({
      name: z.optional(z.string()),
      matches: z._default(z.array(routeMatch), []),
      filters: z._default(z.array(filter), []),
      timeouts: z.optional(z.object({ request: z.optional(z.string()) })),
      backendRefs: z._default(
        z.array(z.object({ name: z.string(), weight: z._default(z.int(), 1), filters: z._default(z.array(filter), []) })),
        [],
      ),
    }),
  ),
});

/** What a route makes of a request, read as the specification says: the most specific match wins, then the first in the list. */
export function treatmentOf(object: KubernetesObject, { headers = {}, query = {} }: RequestForContract, service = 'checkout'): Treatment {
  const request = { path: '/', method: 'POST', host: 'shop.example.com', headers, query: new URLSearchParams(query) };
  const { rules } = spec.parse(object['spec']);
  const cases = rules.flatMap((rule) =>
    (rule.matches.length === 0 ? [routeMatch.parse({})] : rule.matches).map((match) => ({ rule, ...routeMatcher(match) })),
  );
  const [first] = cases.filter(({ fits }) => fits(request)).toSorted((a, b) => compareRanks(a.rank, b.rank));
  if (first === undefined) throw new Error('no rule takes the request');
  const { backendRefs, filters, timeouts } = first.rule;
  const backend = (name: string) => backendRefs.find((ref) => ref.name === name);
  const cookieOf = (name: string) =>
    backend(name)
      ?.filters.flatMap(({ responseHeaderModifier }) => responseHeaderModifier?.add ?? [])
      .find(({ name: of }) => of === 'Set-Cookie')?.value;
  const mirrored = filters.flatMap(({ requestMirror: mirror }) => (mirror?.backendRef.name === `${service}-canary` ? [mirror] : []));
  return {
    split: { stable: backend(service)?.weight ?? 0, canary: backend(`${service}-canary`)?.weight ?? 0 },
    mirroredPercent: mirrored.reduce(
      (sum, { percent, fraction }) => sum + (percent ?? (fraction === undefined ? 100 : (100 * fraction.numerator) / fraction.denominator)),
      0,
    ),
    setCookie: { stable: cookieOf(service), canary: cookieOf(`${service}-canary`) },
    retries: undefined,
    timeout: timeouts?.request,
  };
}

/** Rules that lead to neither side, and what a rule of ours has that Sluice does not know. */
export function foreignOf(object: KubernetesObject): unknown {
  const rules = (object['spec'] as { rules: { name?: string; backendRefs: { name: string }[]; futureField?: unknown }[] }).rules;
  const isOurs = (name: string) => name === 'checkout' || name === 'checkout-canary';
  return rules.flatMap((rule) => {
    if (!rule.backendRefs.some(({ name }) => isOurs(name))) return rule.name?.startsWith('sluice-') === true ? [] : [rule];
    return rule.name?.startsWith('sluice-') === true ? [] : [rule.futureField];
  });
}

import * as z from 'zod/mini';
import type { KubernetesObject } from '../../../../core/ports.ts';
import type { RequestForContract, Treatment } from '../../../contract/router-hand.ts';

/**
 * What Istio makes of a request to `/` by somebody without labels, by a VirtualService: the first http rule that fits, its weights, and what happens to the answer. After
 * pilot/pkg/networking/core/route/route.go of Istio: a regular expression has to fit the whole text; a single destination takes everything.
 */
const text = z.strictObject({ exact: z.optional(z.string()), prefix: z.optional(z.string()), regex: z.optional(z.string()) });
const match = z.strictObject({
  name: z.optional(z.string()),
  uri: z.optional(text),
  sourceLabels: z.optional(z.record(z.string(), z.string())),
  headers: z.optional(z.record(z.string(), text)),
  withoutHeaders: z.optional(z.record(z.string(), text)),
  queryParams: z.optional(z.record(z.string(), text)),
});
const response = z.optional(z.looseObject({ response: z.optional(z.looseObject({ add: z.optional(z.record(z.string(), z.string())) })) }));
const destination = z.looseObject({ host: z.string(), subset: z.optional(z.string()) });
const rule = z.looseObject({
  match: z.optional(z.array(match)),
  route: z.optional(z.array(z.looseObject({ destination, weight: z.optional(z.int()), headers: response }))),
  mirrors: z.optional(z.array(z.looseObject({ destination, percentage: z.optional(z.looseObject({ value: z.number() })) }))),
  retries: z.optional(z.unknown()),
  timeout: z.optional(z.unknown()),
});
const virtualService = z.looseObject({ spec: z.looseObject({ http: z.array(rule) }) });
type Destination = z.infer<typeof destination>;

/** @param sideOf which side of the rollout a destination is, undefined for one of somebody else. */
export function treatmentBy(sideOf: (of: Destination) => 'stable' | 'canary' | undefined) {
  return (object: KubernetesObject, request: RequestForContract): Treatment => {
    const { http } = virtualService.parse(object).spec;
    const taking = http.find(({ match: matches = [] }) => matches.length === 0 || matches.some((one) => fits(one, request)));
    if (taking?.route === undefined) throw new Error(`no rule of ${object.metadata.name} takes ${JSON.stringify(request)}`);
    const { route, mirrors = [], retries, timeout } = taking;
    const of = (side: 'stable' | 'canary') => route.find((entry) => sideOf(entry.destination) === side);
    const weightOf = (side: 'stable' | 'canary') => (route.length === 1 && of(side) !== undefined ? 100 : (of(side)?.weight ?? 0));
    const cookieOf = (side: 'stable' | 'canary') => of(side)?.headers?.response?.add?.['set-cookie'];
    const copied = mirrors.filter((mirror) => sideOf(mirror.destination) === 'canary');
    return {
      split: { stable: weightOf('stable'), canary: weightOf('canary') },
      mirroredPercent: copied.reduce((sum, { percentage }) => sum + (percentage?.value ?? 100), 0),
      setCookie: { stable: cookieOf('stable'), canary: cookieOf('canary') },
      retries,
      timeout,
    };
  };
}

function fits(
  { uri, sourceLabels, headers = {}, withoutHeaders = {}, queryParams = {} }: z.infer<typeof match>,
  request: RequestForContract,
): boolean {
  const has = (of: Readonly<Record<string, string>> = {}, wanted: Readonly<Record<string, z.infer<typeof text>>>) =>
    Object.entries(wanted).every(([name, one]) => of[name] !== undefined && fitsText(one, of[name]));
  return (
    sourceLabels === undefined &&
    (uri === undefined || fitsText(uri, '/')) &&
    has(request.headers, headers) &&
    has(request.query, queryParams) &&
    !Object.entries(withoutHeaders).some(([name, one]) => fitsText(one, request.headers?.[name] ?? ''))
  );
}

function fitsText({ exact, prefix, regex }: z.infer<typeof text>, value: string): boolean {
  if (exact !== undefined) return value === exact;
  return prefix === undefined ? new RegExp(`^(?:${regex})$`).test(value) : value.startsWith(prefix);
}

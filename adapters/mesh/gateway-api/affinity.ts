import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { Affinity } from '../../../core/spec/router-spec.ts';
import type { BackendRef, Filter, RouteRule } from './route-rules.ts';

/**
 * Users are kept on a side by a cookie that the steered rule's two destinations set on their answers, by a ResponseHeaderModifier of the
 * backendRef, and that inserted rules read.
 */
const modifier = z.looseObject({
  type: z.literal('ResponseHeaderModifier'),
  responseHeaderModifier: z.looseObject({
    add: z.optional(z.array(z.looseObject({ name: z.string(), value: z.string() }))),
    set: z.optional(z.array(z.looseObject({ name: z.string() }))),
    remove: z.optional(z.array(z.string())),
  }),
});

const ours = /^[^=;\s]+=\d+-(?:canary|stable-\d+); Path=\/; Max-Age=\d+; HttpOnly$/;

/** The value of the cookie. One of stable holds for one weight only: after a rise its holders are drawn again. */
export function cookieValue(fence: number, side: 'canary' | { readonly weight: number }): string {
  return `${fence}-${side === 'canary' ? side : `stable-${side.weight}`}`;
}

/**
 * A backendRef whose answers set the cookie too. Cookies that the service itself sets stay.
 *
 * @throws RouteRejectedError where the backendRef sets cookies itself: a modifier holds each header once.
 */
export function withCookie(ref: BackendRef, { cookie, maxAgeSeconds }: Affinity, value: string): BackendRef {
  const entry = { name: 'Set-Cookie', value: `${cookie}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly` };
  const filters = ref.filters ?? [];
  const index = filters.findIndex(({ type }) => type === 'ResponseHeaderModifier');
  const parsed = modifier.safeParse(filters[index]);
  if (!parsed.success)
    return { ...ref, filters: [...filters, { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [entry] } }] };
  const { add = [], set = [] } = parsed.data.responseHeaderModifier;
  if ([...add, ...set].some(({ name }) => isSetCookie(name))) throw cookiesTaken();
  const changed = { ...parsed.data, responseHeaderModifier: { ...parsed.data.responseHeaderModifier, add: [...add, entry] } };
  return { ...ref, filters: filters.with(index, changed) };
}

/**
 * Refuses a rule whose own filters would take the cookie away, or set another in its place: they come after those of its backendRefs.
 *
 * @throws RouteRejectedError
 */
export function assertCookiesFree({ filters = [] }: RouteRule, { cookie }: Affinity): void {
  if (cookie.includes('%')) {
    throw new RouteRejectedError(`Envoy reads the % in the cookie name ${cookie} as the begin of a variable.`, {
      remedy: 'Choose a name of letters, digits and hyphens for router.affinity.cookie.',
    });
  }
  for (const filter of filters) {
    const { data } = modifier.safeParse(filter);
    const { set = [], remove = [] } = data?.responseHeaderModifier ?? {};
    if ([...set.map(({ name }) => name), ...remove].some(isSetCookie)) throw cookiesTaken();
  }
}

function isSetCookie(name: string): boolean {
  return name.toLowerCase() === 'set-cookie';
}

function cookiesTaken(): RouteRejectedError {
  return new RouteRejectedError(
    'The rule or its backendRef sets or removes the header Set-Cookie of answers itself, and affinity needs it.',
    {
      remedy: 'Let the application set that cookie, or take router.affinity out of the spec.',
    },
  );
}

/**
 * A backendRef without Sluice's cookie, whichever rollout or weight it was for.
 *
 * @param before what its filters were at the claim: of several ways to write nothing (no list, an empty one), theirs is given back.
 */
export function withoutCookie(ref: BackendRef, before: readonly Filter[] | undefined): BackendRef {
  const filters = (ref.filters ?? []).map(withoutOurs);
  if (isDeepStrictEqual(filters, ref.filters ?? [])) return ref;
  return withFilters(ref, filters, before);
}

function withoutOurs(filter: Filter): Filter {
  const parsed = modifier.safeParse(filter);
  const add = parsed.success ? (parsed.data.responseHeaderModifier.add ?? []) : [];
  const kept = add.filter(({ name, value }) => name !== 'Set-Cookie' || !ours.test(value));
  if (!parsed.success || kept.length === add.length) return filter;
  return { ...parsed.data, responseHeaderModifier: { ...parsed.data.responseHeaderModifier, add: kept } };
}

/** Sets the filters of a rule or backendRef from which something of ours was taken. */
export function withFilters<T extends { readonly filters?: Filter[] | undefined }>(
  of: T,
  filters: readonly Filter[],
  before: readonly Filter[] | undefined,
): T {
  const { filters: _, ...rest } = of;
  const kept = withoutEmpties(filters);
  const isAsBefore = isDeepStrictEqual(kept, withoutEmpties(before ?? []));
  const given = isAsBefore ? before : kept.length === 0 ? undefined : kept;
  return { ...rest, ...(given === undefined ? {} : { filters: [...given] }) } as T;
}

function withoutEmpties(filters: readonly Filter[]): Filter[] {
  return filters.flatMap((filter) => {
    const parsed = modifier.safeParse(filter);
    if (!parsed.success) return [filter];
    const { add = [], ...rest } = parsed.data.responseHeaderModifier;
    const responseHeaderModifier = { ...rest, ...(add.length === 0 ? {} : { add }) };
    return Object.keys(responseHeaderModifier).length === 0 ? [] : [{ ...parsed.data, responseHeaderModifier }];
  });
}

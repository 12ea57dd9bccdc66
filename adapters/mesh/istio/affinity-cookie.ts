import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget } from '../../../core/ports.ts';
import type { Affinity } from '../../../core/spec/router-spec.ts';
import type { Side } from '../../../core/traffic/split.ts';
import { sidesOf } from './sides.ts';
import { type DestinationWeight, type Fields, fieldsOf, type Rule } from './virtual-service.ts';

/**
 * What the affinity cookie says: whoever the canary answered stays there for the whole rollout; whoever stable answered, until the weight
 * rises, since new users are to come from those who have it. The fence makes cookies of earlier rollouts worthless.
 */
export function cookieValue(side: Side, fence: number, weight: number): string {
  return side === 'canary' ? `${fence}-canary` : `${fence}-stable-${weight}`;
}

const header = 'set-cookie';
const ours = /=\d+-(?:canary|stable-\d+); Path=\/; Max-Age=\d+; HttpOnly$/;

/** Envoy reads a `%` in a header that it adds as the begin of a variable; twice, it is one. */
function setCookie({ cookie, maxAgeSeconds }: Affinity, value: string): string {
  return `${cookie.replaceAll('%', '%%')}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly`;
}

/**
 * The destinations of a rule, those of the rollout with the cookie on their answers. It is added: cookies of the application stay.
 *
 * @throws RouteRejectedError where the rule writes or removes cookies itself, which would be ours.
 */
export function withCookies(
  { label, whole }: Pick<Rule, 'label' | 'whole'>,
  route: readonly DestinationWeight[],
  target: RouteTarget,
  affinity: Affinity,
  valueFor: (side: Side) => string,
): readonly DestinationWeight[] {
  const { isStable, isCanary } = sidesOf(target);
  const ofRule = responseOf(whole['headers']);
  if (names(ofRule['set']) || names(ofRule['remove'])) throw cookiesTaken(label);
  return route.map((entry) => {
    const side = isStable(entry) ? 'stable' : isCanary(entry) ? 'canary' : undefined;
    if (side === undefined) return entry;
    const response = responseOf(entry['headers']);
    if (names(response['add']) || names(response['set'])) throw cookiesTaken(label);
    return { ...entry, headers: withHeader(entry['headers'], setCookie(affinity, valueFor(side))) };
  });
}

function cookiesTaken(label: string): RouteRejectedError {
  return new RouteRejectedError(`The ${label} sets or removes the header Set-Cookie of answers itself, and affinity needs it.`, {
    remedy: 'Let the application set that cookie, or take affinity out of the spec.',
  });
}

/**
 * The destinations without our cookie. `before` is what they were when the rollout claimed the route: a destination that had an empty list of
 * headers has one again, and so has the canary's, which was made from stable's.
 */
export function withoutCookies(
  route: readonly DestinationWeight[],
  before: readonly DestinationWeight[] | undefined,
  target: RouteTarget,
): readonly DestinationWeight[] {
  const { isStable, isCanary } = sidesOf(target);
  return route.map((entry) => {
    if (!isStable(entry) && !isCanary(entry)) return entry;
    const add = fieldsOf(responseOf(entry['headers'])['add']);
    const value = add[header];
    if (typeof value !== 'string' || !ours.test(value)) return entry;
    const same = before?.find(({ destination }) => isDeepStrictEqual(destination, entry.destination));
    const remembered = same ?? before?.find(isStable);
    const { headers, ...rest } = entry;
    if (remembered !== undefined && isDeepStrictEqual(withHeader(remembered['headers'], value), headers)) {
      return remembered['headers'] === undefined ? rest : { ...rest, headers: remembered['headers'] };
    }
    const { [header]: _, ...others } = add;
    const response = unlessEmpty('add', others, responseOf(headers));
    const left = unlessEmpty('response', response, fieldsOf(headers));
    return unlessEmpty('headers', left, entry) as DestinationWeight;
  });
}

function withHeader(headers: unknown, value: string): Fields {
  const response = responseOf(headers);
  return { ...fieldsOf(headers), response: { ...response, add: { ...fieldsOf(response['add']), [header]: value } } };
}

function unlessEmpty(field: string, value: Fields, of: Fields): Fields {
  const { [field]: _, ...rest } = of;
  return Object.keys(value).length === 0 ? rest : { ...rest, [field]: value };
}

function responseOf(headers: unknown): Fields {
  return fieldsOf(fieldsOf(headers)['response']);
}

/** Whether a list or a map of headers has Set-Cookie. */
function names(of: unknown): boolean {
  const list: readonly unknown[] = Array.isArray(of) ? of : Object.keys(fieldsOf(of));
  return list.some((name) => String(name).toLowerCase() === header);
}

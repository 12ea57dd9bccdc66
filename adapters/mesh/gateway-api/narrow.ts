import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { RequestMatch } from '../../../core/spec/router-spec.ts';
import { cookieRegex, valuePattern } from '../istio/cookie-regex.ts';
import type { RuleMatch } from './route-rules.ts';

type Condition = {
  readonly headers?: readonly NamedMatch[];
  readonly queryParams?: readonly NamedMatch[];
};

type NamedMatch = {
  readonly type: 'Exact' | 'RegularExpression';
  readonly name: string;
  readonly value: string;
};

type TextMatch = Exclude<RequestMatch['header'], undefined>;

/**
 * What a match of the spec is in a route. Fields have the API server's defaults written out, so that they read back as they were written.
 *
 * @example conditionOf({ header: { name: 'x-beta', exact: 'yes' } })
 *   // { headers: [{ type: 'Exact', name: 'x-beta', value: 'yes' }] }
 */
export function conditionOf({ header, cookie, query }: RequestMatch): Condition {
  if (cookie !== undefined) return cookieCondition(cookie.name, valuePattern(cookie));
  if (query !== undefined) return { queryParams: [namedMatch(query)] };
  return { headers: header === undefined ? [] : [namedMatch(header)] };
}

/**
 * A cookie among others in the Cookie header.
 *
 * @param value a regular expression.
 */
export function cookieCondition(name: string, value: string): Condition {
  return { headers: [{ type: 'RegularExpression', name: 'cookie', value: whole(cookieRegex(name, value)) }] };
}

/**
 * Each of the matches, with all the conditions besides. In a route whatever compares more headers goes first, then whatever compares more
 * parameters of the query, wherever it stands in the list; so a narrowed copy goes before the rule it was made from.
 *
 * @param matches of the rule; none where it takes every request.
 * @param every what a match of every request is in this kind of route.
 * @throws RouteRejectedError where a match asks something else of the same header or parameter: each stands in a match once.
 */
export function narrow(matches: readonly RuleMatch[], every: RuleMatch, conditions: readonly Condition[]): RuleMatch[] {
  return (matches.length === 0 ? [every] : matches).map((match) => {
    const headers = joined(match, 'headers', conditions);
    const queryParams = joined(match, 'queryParams', conditions);
    return { ...match, ...(headers.length === 0 ? {} : { headers }), ...(queryParams.length === 0 ? {} : { queryParams }) };
  });
}

function joined(match: RuleMatch, field: 'headers' | 'queryParams', conditions: readonly Condition[]) {
  const present = match[field] ?? [];
  const sameName = field === 'headers' ? (name: string) => name.toLowerCase() : (name: string) => name;
  const added = conditions
    .flatMap((condition) => condition[field] ?? [])
    .filter((one) => !present.some((other) => isDeepStrictEqual(other, one)));
  const taken = added.find(({ name }) => present.some((other) => sameName(other.name) === sameName(name)));
  if (taken === undefined) return [...present, ...added];
  const what = field === 'headers' ? 'header' : 'parameter of the query';
  throw new RouteRejectedError(`The rule compares the ${what} ${taken.name} itself, and a match cannot ask two things of it.`, {
    remedy: `Take that out of the rule's matches, or let the spec ask for something else than ${taken.name}: cookies are one header.`,
  });
}

function namedMatch({ name, exact, prefix, regex }: TextMatch): NamedMatch {
  if (exact !== undefined) return { type: 'Exact', name, value: exact };
  const pattern = prefix === undefined ? (regex ?? '') : `${escapeText(prefix)}.*`;
  return { type: 'RegularExpression', name, value: whole(pattern) };
}

/**
 * Envoy fits an expression to the whole value by itself. Linkerd takes the first fit and asks whether it is the whole, so that `a|ab` would not
 * fit `ab` without this.
 */
function whole(pattern: string): string {
  return `^(?:${pattern})$`;
}

/** Text as a regular expression that fits nothing else, in RE2 and in ECMAScript. */
export function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

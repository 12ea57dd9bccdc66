import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { RequestMatch } from '../../../core/spec/router-spec.ts';
import { cookieRegex, valuePattern } from './cookie-regex.ts';
import { type Fields, fieldsOf, type Rule } from './virtual-service.ts';

/** A condition on a request, in Istio's words: one header, or one parameter of the query. */
export interface Condition {
  readonly field: 'headers' | 'queryParams';
  readonly name: string;
  readonly text: Fields;
}

/** Istio has no match of a cookie: it is one of the header that carries them all. */
export function conditionOf({ header, cookie, query }: RequestMatch): Condition {
  if (cookie !== undefined) return cookieCondition(cookie.name, valuePattern(cookie));
  if (header !== undefined) {
    const { name, ...text } = header;
    return { field: 'headers', name: name.toLowerCase(), text };
  }
  const { name = '', ...text } = query ?? {};
  return { field: 'queryParams', name, text };
}

/** @param value a regular expression. */
export function cookieCondition(name: string, value: string): Condition {
  return { field: 'headers', name: 'cookie', text: { regex: cookieRegex(name, value) } };
}

/**
 * The matches of a rule, each narrowed by each of the conditions: what the rule matches, and any of them besides.
 *
 * @throws RouteRejectedError where the rule asks something else of the same header: Istio has one place for each.
 */
export function narrowedMatch({ match = [], label }: Pick<Rule, 'match' | 'label'>, conditions: readonly Condition[]): Fields[] {
  const own = match.length === 0 ? [{}] : match;
  return conditions.flatMap((condition) =>
    own.map((one) => {
      const present = fieldsOf(one[condition.field]);
      const [key, text] = Object.entries(present).find(([other]) => sameName(other, condition)) ?? [condition.name, condition.text];
      if (!isDeepStrictEqual(text, condition.text)) {
        throw new RouteRejectedError(
          `The ${label} matches the ${condition.field === 'headers' ? 'header' : 'parameter'} ${key} itself, and Istio cannot ask it two things at once.`,
          { remedy: 'Let the spec match another header or parameter, or take that match out of the rule.' },
        );
      }
      return { ...one, [condition.field]: { ...present, [key]: text } };
    }),
  );
}

function sameName(other: string, { field, name }: Condition): boolean {
  return field === 'headers' ? other.toLowerCase() === name : other === name;
}

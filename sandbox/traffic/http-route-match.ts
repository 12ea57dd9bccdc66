import * as z from 'zod/mini';
import type { RequestFacts } from './routes.ts';
import { textMatcher } from './text-match.ts';

const named = z.object({
  type: z._default(z.enum(['Exact', 'RegularExpression']), 'Exact'),
  name: z.string(),
  value: z.string(),
});

/** One HTTPRouteMatch. */
export const routeMatch = z.object({
  path: z.prefault(
    z.object({
      type: z._default(z.enum(['Exact', 'PathPrefix', 'RegularExpression']), 'PathPrefix'),
      value: z._default(z.string(), '/'),
    }),
    {},
  ),
  headers: z._default(z.array(named), []),
  queryParams: z._default(z.array(named), []),
  method: z.optional(z.string()),
});

/** One match of a rule, and how it ranks among others that fit the same request: compared from the left, the larger first. */
export interface HttpRouteCase {
  readonly fits: (request: RequestFacts) => boolean;
  readonly rank: readonly number[];
}

const pathRanks = { Exact: 3, PathPrefix: 2, RegularExpression: 1 } as const;

/**
 * The rank: an exact path, then the longest prefix, then a method, then most headers, then most parameters of the query. Where a regular
 * expression of a path ranks is left open; here it is the last, as in Istio.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 *
 * @throws SyntaxError for a broken regular expression.
 */
export function routeMatcher({ path, headers, queryParams, method }: z.infer<typeof routeMatch>): HttpRouteCase {
  const pathFits = pathMatcher(path);
  const headerTests = headers.map(({ name, ...text }) => ({ name: name.toLowerCase(), fits: valueMatcher(text) }));
  const queryTests = queryParams.map(({ name, ...text }) => ({ name, fits: valueMatcher(text) }));
  return {
    rank: [pathRanks[path.type], path.value.length, method === undefined ? 0 : 1, headers.length, queryParams.length],
    fits: (request) =>
      pathFits(request.path) &&
      (method === undefined || method === request.method) &&
      headerTests.every(({ name, fits }) => {
        const value = request.headers[name];
        return value !== undefined && fits(String(value));
      }) &&
      queryTests.every(({ name, fits }) => {
        const value = request.query.get(name);
        return value !== null && fits(value);
      }),
  };
}

/** Larger ranks first; 0 where they are equal. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
}

/** A prefix is one of whole elements: `/shop` takes `/shop` and `/shop/basket`, and not `/shopping`. */
function pathMatcher({ type, value }: z.infer<typeof routeMatch>['path']): (path: string) => boolean {
  if (type === 'Exact') return textMatcher({ exact: value });
  if (type === 'RegularExpression') return textMatcher({ regex: value });
  const elements = value.replace(/\/$/, '');
  return (path) => path === elements || path.startsWith(`${elements}/`);
}

function valueMatcher({ type, value }: Pick<z.infer<typeof named>, 'type' | 'value'>): (text: string) => boolean {
  return textMatcher(type === 'Exact' ? { exact: value } : { regex: value });
}

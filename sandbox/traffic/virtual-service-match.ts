import * as z from 'zod/mini';
import type { RequestFacts } from './routes.ts';
import { type TextMatch, textMatcher } from './text-match.ts';

const stringMatch = z.strictObject({
  exact: z.optional(z.string()),
  prefix: z.optional(z.string()),
  regex: z.optional(z.string()),
});
const stringMatches = z._default(z.record(z.string(), stringMatch), {});

/** One HTTPMatchRequest of a VirtualService; conditions that the proxy cannot tell are an error. */
export const requestMatch = z.strictObject({
  name: z.optional(z.string()),
  uri: z.optional(stringMatch),
  method: z.optional(stringMatch),
  authority: z.optional(stringMatch),
  headers: stringMatches,
  withoutHeaders: stringMatches,
  queryParams: stringMatches,
});

type Test = (request: RequestFacts) => boolean;

/** All conditions of one match. @throws SyntaxError for a broken regular expression. */
export function requestMatcher(match: z.infer<typeof requestMatch>): Test {
  const { uri, method, authority, headers, withoutHeaders, queryParams } = match;
  const tests: Test[] = [
    ...textTest(uri, ({ path }) => path),
    ...textTest(method, (request) => request.method),
    ...textTest(authority, (request) => request.headers.host),
    ...Object.entries(headers).flatMap(([name, text]) => textTest(text, headerOf(name))),
    ...Object.entries(withoutHeaders).flatMap(([name, text]) => textTest(text, headerOf(name)).map(not)),
    ...Object.entries(queryParams).flatMap(([name, text]) => textTest(text, ({ query }) => query.get(name) ?? undefined)),
  ];
  return (request) => tests.every((test) => test(request));
}

function textTest(match: TextMatch | undefined, textOf: (request: RequestFacts) => string | undefined): Test[] {
  if (match === undefined) return [];
  const fits = textMatcher(match);
  return [
    (request) => {
      const text = textOf(request);
      return text !== undefined && fits(text);
    },
  ];
}

function headerOf(name: string): (request: RequestFacts) => string | undefined {
  const key = name.toLowerCase();
  return ({ headers }) => {
    const value = headers[key];
    return value === undefined ? undefined : String(value);
  };
}

function not(test: Test): Test {
  return (request) => !test(request);
}

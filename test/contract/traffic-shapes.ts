import type { Resilience } from '../../core/spec/resilience-spec.ts';
import type { RouterCapabilities } from '../../core/spec/router-capabilities.ts';
import type { RequestMatch } from '../../core/spec/router-spec.ts';
import type { RequestForContract } from './router-hand.ts';

/** A match, with requests that it fits and others that it nearly fits. */
export interface MatchCase {
  readonly what: string;
  readonly match: RequestMatch;
  readonly fitting: readonly RequestForContract[];
  readonly others: readonly RequestForContract[];
}

export const affinityCookie = { cookie: 'sluice-user', maxAgeSeconds: 3600 };

const cookie = (text: string): RequestForContract => ({ headers: { cookie: text } });
const header = (name: string, text: string): RequestForContract => ({ headers: { [name]: text } });

const cases: readonly (MatchCase & { readonly of: 'header' | 'cookie' | 'query'; readonly compare: 'exact' | 'prefix' | 'regex' })[] = [
  {
    what: 'a header, exactly',
    of: 'header',
    compare: 'exact',
    match: { header: { name: 'x-beta', exact: 'yes' } },
    fitting: [header('x-beta', 'yes')],
    others: [header('x-beta', 'yes!'), header('x-beta', ''), header('x-alpha', 'yes')],
  },
  {
    what: 'a header that begins so',
    of: 'header',
    compare: 'prefix',
    match: { header: { name: 'x-team', prefix: 'pay' } },
    fitting: [header('x-team', 'payments'), header('x-team', 'pay')],
    others: [header('x-team', 'pa'), header('x-team', 'prepay')],
  },
  {
    what: 'a header by a regular expression, which fits the whole value',
    of: 'header',
    compare: 'regex',
    match: { header: { name: 'x-user', regex: '[0-9]+7' } },
    fitting: [header('x-user', '1237')],
    others: [header('x-user', 'a17'), header('x-user', '171')],
  },
  {
    what: 'a cookie, exactly',
    of: 'cookie',
    compare: 'exact',
    match: { cookie: { name: 'be.ta', exact: 'a+b' } },
    fitting: [cookie('be.ta=a+b'), cookie('theme=dark; be.ta=a+b'), cookie('be.ta=a+b; theme=dark'), cookie('a=1; be.ta=a+b; c=2')],
    others: [cookie('be.ta=aab'), cookie('bexta=a+b'), cookie('xbe.ta=a+b'), cookie('be.ta=a+bc'), cookie('c=be.ta=a+b')],
  },
  {
    what: 'a cookie that begins so',
    of: 'cookie',
    compare: 'prefix',
    match: { cookie: { name: 'team', prefix: 'pay' } },
    fitting: [cookie('team=payments'), cookie('team=pay; a=1'), cookie('a=1; team=payroll')],
    others: [cookie('team=pa'), cookie('team=prepay'), cookie('steam=pay'), cookie('team=x; a=pay')],
  },
  {
    what: 'a cookie by a regular expression, which stays within its value',
    of: 'cookie',
    compare: 'regex',
    match: { cookie: { name: 'group', regex: 'a|b.*z' } },
    fitting: [cookie('group=a'), cookie('x=1; group=bcz; y=2')],
    others: [cookie('group=ab'), cookie('group=c'), cookie('group=bx; y=z')],
  },
  {
    what: 'a parameter of the query, exactly',
    of: 'query',
    compare: 'exact',
    match: { query: { name: 'preview', exact: '1' } },
    fitting: [{ query: { preview: '1' } }],
    others: [{ query: { preview: '12' } }, { query: { review: '1' } }],
  },
  {
    what: 'a parameter of the query that begins so',
    of: 'query',
    compare: 'prefix',
    match: { query: { name: 'preview', prefix: 'on' } },
    fitting: [{ query: { preview: 'on' } }, { query: { preview: 'once' } }],
    others: [{ query: { preview: 'off' } }, { query: { preview: 'son' } }],
  },
  {
    what: 'a parameter of the query by a regular expression',
    of: 'query',
    compare: 'regex',
    match: { query: { name: 'preview', regex: 'v[0-9]' } },
    fitting: [{ query: { preview: 'v2' } }],
    others: [{ query: { preview: 'v22' } }],
  },
];

/** Those that a mesh is capable of. */
export function matchCases({ match, compare }: RouterCapabilities): MatchCase[] {
  return cases.filter((one) => match.includes(one.of) && compare.includes(one.compare));
}

/** As much resilience as a mesh is capable of. */
export function resilienceOf({ retries, timeout }: RouterCapabilities): Pick<Resilience, 'retries' | 'timeoutSeconds'> | undefined {
  if (!retries && !timeout) return undefined;
  return {
    ...(retries ? { retries: { attempts: 2, on: ['503', 'connect-failure'], perTryTimeoutSeconds: 1 } } : {}),
    ...(timeout ? { timeoutSeconds: 7 } : {}),
  };
}

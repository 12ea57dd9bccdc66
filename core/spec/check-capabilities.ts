import type { ProblemPath } from './diagnostic.ts';
import { listWords } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';
import { capabilitiesOf, type RouteKind, type RouterCapabilities, routerCapabilities } from './router-capabilities.ts';
import { type RequestMatch, type RouteRef, routerKind } from './router-spec.ts';

/** Something that a spec asks of its mesh. */
interface Ask {
  readonly path: ProblemPath;
  /** As it follows `found`. */
  readonly found: string;
  /** What it is called where there is none of it at all. */
  readonly what: string;
  readonly granted: (by: RouterCapabilities) => boolean;
  /** What of its sort there is, where there is some. */
  readonly sorts?: (of: RouterCapabilities) => string | undefined;
}

/**
 * Refuses what the kind of mesh, or one of the routes that the spec names, cannot do: all routes carry the traffic of one service, and a user
 * must not be treated otherwise on one of them than on the next.
 */
export function checkCapabilities(spec: RolloutSpec): UnplacedProblem[] {
  return asksOf(spec).flatMap((chain) => chain.flatMap((ask) => refusal(ask, spec.router)).slice(0, 1));
}

function refusal({ path, found, what, granted, sorts }: Ask, { kind, routes }: RolloutSpec['router']): UnplacedProblem[] {
  const unable = routes.map(kindOfRoute).find((route) => !granted(capabilitiesOf(kind, route)));
  if (unable === undefined) return [];
  const who = granted(routerCapabilities[kind]) ? `${routeWord(unable)} of ${kind}` : kind;
  const some = sorts?.(capabilitiesOf(kind, unable));
  const expected = some === undefined ? `no ${what}: ${who} has none` : `${some}: ${who} has no other`;
  const able = whoCan(granted);
  return [{ code: 'notSupported', path, found, expected, hint: able.length === 0 ? undefined : `${listAll(able)} can` }];
}

/** @example whoCan((by) => by.retries) // ['istio (http)']: of its routes, those with tcp and tls cannot */
function whoCan(granted: Ask['granted']): string[] {
  return routerKind.options.flatMap((kind) => {
    const { routes } = routerCapabilities[kind];
    const able = routes.filter((route) => granted(capabilitiesOf(kind, route)));
    if (able.length === 0) return [];
    return [able.length === routes.length ? kind : `${kind} (${able.join(', ')})`];
  });
}

/** In chains: where one ask of a chain is refused, what follows it is not looked at. */
function asksOf({ router, steps, resilience }: RolloutSpec): Ask[][] {
  const mirror = Array.isArray(steps) ? steps.findIndex(({ mirrorWeight }) => mirrorWeight !== undefined) : -1;
  const whole: [asked: boolean, Ask][] = [
    [router.totalWeight !== 100, askOfTotal(router.totalWeight)],
    [router.affinity !== undefined, { path: ['router', 'affinity'], ...named('affinity'), granted: (by) => by.affinity }],
    [mirror >= 0, { path: ['steps', mirror, 'mirror'], ...named('mirror', 'a mirror'), granted: (by) => by.mirror }],
    [resilience?.retries !== undefined, { path: ['resilience', 'retries'], ...named('retries'), granted: (by) => by.retries }],
    [
      resilience?.timeoutSeconds !== undefined,
      { path: ['resilience', 'timeout'], ...named('timeout', 'a timeout'), granted: (by) => by.timeout },
    ],
    [
      resilience?.outlierDetection !== undefined,
      { path: ['resilience', 'outlierDetection'], ...named('outlier detection'), granted: (by) => by.outlierDetection },
    ],
  ];
  return [...whole.flatMap(([asked, ask]) => (asked ? [[ask]] : [])), ...router.match.map(asksOfMatch)];
}

function named(what: string, found = what): Pick<Ask, 'what' | 'found'> {
  return { what, found };
}

function askOfTotal(totalWeight: number): Ask {
  const granted = (by: RouterCapabilities) => by.totalWeights === 'any';
  return { path: ['router', 'totalWeight'], ...named('other total', String(totalWeight)), granted, sorts: () => '100' };
}

/** What is compared, then how. */
function asksOfMatch(match: RequestMatch, index: number): Ask[] {
  return (['header', 'cookie', 'query'] as const).flatMap((by): Ask[] => {
    const text = match[by];
    if (text === undefined) return [];
    const path = ['router', 'match', index, by];
    const sorts = ({ match: can }: RouterCapabilities) => (can.length === 0 ? undefined : `a match by ${listWords(can)}`);
    const comparing = (['exact', 'prefix', 'regex'] as const).flatMap((how): Ask[] => {
      if (text[how] === undefined) return [];
      const granted = ({ match: can, compare }: RouterCapabilities) => can.includes(by) && compare.includes(how);
      return [{ path: [...path, how], ...named('comparison', how), granted, sorts: ({ compare }) => listWords(compare) }];
    });
    return [{ path, ...named('match', `a match by ${by}`), granted: ({ match: can }) => can.includes(by), sorts }, ...comparing];
  });
}

function kindOfRoute(route: RouteRef): RouteKind {
  if ('serviceSplitter' in route) return 'splitter';
  if ('grpcRoute' in route) return 'grpc';
  if ('httpRoute' in route) return 'http';
  if (route.tcp !== undefined) return 'tcp';
  return route.tls === undefined ? 'http' : 'tls';
}

function routeWord(route: RouteKind): string {
  return route === 'grpc' ? 'a GRPCRoute' : `a ${route} route`;
}

/** @example listAll(['istio', 'linkerd']) // 'istio and linkerd' */
function listAll(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

import { checkCapabilities } from './check-capabilities.ts';
import { checkRegexes } from './check-regexes.ts';
import { quote } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';
import type { RouteRef } from './router-spec.ts';

/** What the routes of a spec must hold beyond their shape, and what the kind of mesh can do of what the spec asks for. */
export function checkRouter(spec: RolloutSpec): UnplacedProblem[] {
  return [...checkRoutes(spec.router), ...checkCapabilities(spec), ...checkRegexes(spec)];
}

function checkRoutes({ kind, routes }: RolloutSpec['router']): UnplacedProblem[] {
  if (kind === 'consul' && routes.length > 1) {
    const hint = 'a service has one ServiceSplitter, through which all of its traffic goes';
    return [{ code: 'notSupported', path: ['router', 'routes', 1], found: `${routes.length} routes`, expected: 'one route', hint }];
  }
  return [...routes.flatMap(checkNaming), ...checkDuplicates(routes)];
}

function checkNaming(route: RouteRef, index: number): UnplacedProblem[] {
  if (!('httpRoute' in route) || route.rule === undefined || route.path === undefined) return [];
  const hint = 'a rule that has a name is found by it, whatever it matches';
  return [{ code: 'rule', path: ['router', 'routes', index, 'path'], found: quote(route.path), expected: 'no path beside a rule', hint }];
}

/** Where two routes may be the same rule of the same object: both writes would be lost in each other. */
function checkDuplicates(routes: readonly RouteRef[]): UnplacedProblem[] {
  const seen = new Map<string, { readonly unnamed: boolean; readonly rules: Set<string> }>();
  return routes.flatMap((route, index): UnplacedProblem[] => {
    const { type, object, rule, ruleKey } = identityOf(route);
    const before = seen.get(`${type} ${object}`);
    if (before === undefined) {
      seen.set(`${type} ${object}`, { unnamed: rule === undefined, rules: new Set(rule === undefined ? [] : [rule]) });
      return [];
    }
    const path = ['router', 'routes', index];
    if (rule === undefined || before.unnamed) {
      const hint = `name the ${ruleKey} in both: the one that is left out could be the same`;
      return [{ code: 'duplicateRoute', path, found: `${quote(object)} a second time`, expected: 'each route once', hint }];
    }
    if (!before.rules.has(rule)) {
      before.rules.add(rule);
      return [];
    }
    return [{ code: 'duplicateRoute', path, found: `${quote(`${object}/${rule}`)} a second time`, expected: 'each route once' }];
  });
}

interface Identity {
  /** Rules of two types are never the same. */
  readonly type: string;
  readonly object: string;
  /** Undefined where the spec leaves it out, since only one is there. */
  readonly rule: string | undefined;
  /** What it is called, for those who are to name it. */
  readonly ruleKey: string;
}

function identityOf(route: RouteRef): Identity {
  if ('virtualService' in route) {
    const object = route.virtualService;
    if (route.tcp !== undefined) return { type: 'tcp', object, rule: route.tcp.port?.toString(), ruleKey: 'port' };
    if (route.tls !== undefined) return { type: 'tls', object, rule: route.tls.sniHost, ruleKey: 'sniHost' };
    return { type: 'http', object, rule: route.http, ruleKey: 'http route' };
  }
  if ('serviceSplitter' in route) return { type: 'splitter', object: route.serviceSplitter, rule: undefined, ruleKey: 'splitter' };
  if ('grpcRoute' in route) return { type: 'grpc', object: route.grpcRoute, rule: route.rule, ruleKey: 'rule' };
  return { type: 'http', object: route.httpRoute, rule: route.rule ?? route.path, ruleKey: 'rule' };
}

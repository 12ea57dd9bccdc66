import { quote } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';
import type { RouteRef } from './router-spec.ts';

/** What the routes of a spec must hold beyond their shape, and what the kind of mesh can do of what the spec asks for. */
export function checkRouter({ router }: RolloutSpec): UnplacedProblem[] {
  return checkRoutes(router.routes);
}

/** Where two routes may be the same rule of the same object: both writes would be lost in each other. */
function checkRoutes(routes: readonly RouteRef[]): UnplacedProblem[] {
  const seen = new Map<string, { readonly unnamed: boolean; readonly rules: Set<string> }>();
  return routes.flatMap((route, index): UnplacedProblem[] => {
    const { object, rule, ruleKey } = identityOf(route);
    const before = seen.get(object);
    if (before === undefined) {
      seen.set(object, { unnamed: rule === undefined, rules: new Set(rule === undefined ? [] : [rule]) });
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
  readonly object: string;
  /** Undefined where the spec leaves it out, since only one is there. */
  readonly rule: string | undefined;
  /** What it is called, for those who are to name it. */
  readonly ruleKey: string;
}

function identityOf(route: RouteRef): Identity {
  if ('virtualService' in route) {
    const object = route.virtualService;
    if (route.tcp !== undefined) return { object, rule: `tcp ${route.tcp.port ?? ''}`, ruleKey: 'port' };
    if (route.tls !== undefined) return { object, rule: `tls ${route.tls.sniHost ?? ''}`, ruleKey: 'sniHost' };
    return { object, rule: route.http, ruleKey: 'http route' };
  }
  if ('serviceSplitter' in route) return { object: route.serviceSplitter, rule: undefined, ruleKey: 'splitter' };
  if ('grpcRoute' in route) return { object: route.grpcRoute, rule: route.rule, ruleKey: 'rule' };
  return { object: route.httpRoute, rule: route.rule ?? route.path, ruleKey: 'rule' };
}

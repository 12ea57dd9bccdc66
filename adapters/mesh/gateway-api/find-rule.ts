import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { GatewayRoute } from '../../../core/spec/router-spec.ts';
import { insertedBy, isInsertedForAny } from './inserted-rules.ts';
import { isBackend, labelOf, nameOf, type PlacedRule, pairOf, type RouteRule, rulesOf } from './route-rules.ts';

/**
 * The rule that a spec's route means: the one of that name, the one with a match of that path, or the only one that leads to stable. Rules that
 * Sluice inserted are never meant.
 *
 * @throws RouteRejectedError where there is none, more than one, or one that cannot be steered by weights.
 */
export function findRule(object: KubernetesObject, route: GatewayRoute, target: RouteTarget): PlacedRule {
  const isOurs = insertedBy(object, target);
  const rules = rulesOf(object)
    .map((rule, index) => ({ rule, index }))
    .filter(({ rule }) => !isOurs(rule) && !isInsertedForAny(rule));
  const path = pathOf(route);
  const isNamed = route.rule !== undefined || path !== undefined;
  const fits = ({ rule }: PlacedRule) => (isNamed ? isNamedBy(route, rule) : pairOf(rule, target).stable !== undefined);
  const [found, second] = rules.filter(fits);
  if (found === undefined || second !== undefined) {
    const count = second === undefined ? 0 : rules.filter(fits).length;
    const wanted = [
      ...(route.rule === undefined ? [] : [`named ${route.rule}`]),
      ...(path === undefined ? [] : [`with a match of the path ${path}`]),
    ].join(' and ');
    throw new RouteRejectedError(
      `${nameOf(object)}: ${count} of its rules are ${isNamed ? wanted : `there to lead to ${target.stableService}, and the spec names none`}. Its rules are: ${rules.map(labelOf).join(', ') || 'none'}.`,
      { remedy: 'Say which one to steer by `rule:` (its name) or, in an HTTPRoute, `path:` under router.routes in the spec.' },
    );
  }
  assertSteerable(object, found, target);
  return found;
}

/** Whether a spec's route names the rule, by its name or its path. */
export function isNamedBy(route: GatewayRoute, rule: RouteRule): boolean {
  const path = pathOf(route);
  if (route.rule === undefined && path === undefined) return false;
  return (route.rule === undefined || rule.name === route.rule) && (path === undefined || hasPath(rule, path));
}

function pathOf(route: GatewayRoute): string | undefined {
  return 'path' in route ? route.path : undefined;
}

/** A rule without matches takes every request, as one of the prefix `/` does. */
function hasPath({ matches = [] }: RouteRule, path: string): boolean {
  if (matches.length === 0) return path === '/';
  return matches.some(({ path: { type = 'PathPrefix', value = '/' } = {} }) => type !== 'RegularExpression' && value === path);
}

function assertSteerable(object: KubernetesObject, found: PlacedRule, target: RouteTarget): void {
  const { backendRefs = [] } = found.rule;
  if (backendRefs.length === 0) {
    throw new RouteRejectedError(`Rule ${labelOf(found)} of ${nameOf(object)} redirects or answers by itself.`, {
      remedy: 'Let the spec name the rule that holds the backendRefs.',
    });
  }
  const count = (service: string) => backendRefs.filter((ref) => isBackend(ref, service, target)).length;
  const { stableService, canaryService } = target;
  if (count(stableService) === 1 && count(canaryService) <= 1) return;
  throw new RouteRejectedError(
    `Rule ${labelOf(found)} of ${nameOf(object)} leads to ${backendRefs.map(({ name }) => name).join(', ')}; expected the Service ${stableService} of its own namespace once, and at most once ${canaryService} beside it.`,
    { remedy: 'Give the rule one backendRef to stable; others to other Services may stay beside it, and keep their weight.' },
  );
}

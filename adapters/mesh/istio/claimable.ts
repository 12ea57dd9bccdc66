import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { rememberedRules } from '../memory.ts';
import { pairOf } from './apply-split.ts';
import { partsOf } from './sides.ts';
import { isService, nameOf, type Rule } from './virtual-service.ts';

/**
 * Refuses what a rollout cannot begin with. A route that it has claimed already is not asked any more: a rollback moves the traffic whatever
 * somebody has added since.
 *
 * @throws RouteRejectedError
 */
export function assertClaimable(virtualService: KubernetesObject, rules: readonly Rule[], target: RouteTarget): void {
  if (rememberedRules(virtualService, target) !== undefined) return;
  for (const rule of rules) {
    const name = `Route ${rule.name ?? rule.index} of ${nameOf(virtualService)}`;
    if (target.subsets === undefined) assertNoSubset(rule, name, target);
    else assertSubsets(rule, name, { ...target, host: target.subsets.host });
    assertShare(rule, name, target);
  }
}

/** Between two Services: the canary's destination would be made from one whose subset the canary's host does not have. */
function assertNoSubset(rule: Rule, name: string, target: RouteTarget): void {
  const { stable, canary } = partsOf(rule, target);
  const { stableService, canaryService } = target;
  const ofCanary = canary[0]?.destination.subset ?? '';
  const ofStable = stable[0]?.destination.subset ?? '';
  if (ofCanary === '' && (ofStable === '' || canary.length > 0)) return;
  const leads = ofCanary === '' ? `the subset ${ofStable} of ${stableService}` : `the subset ${ofCanary} of ${canaryService}`;
  throw new RouteRejectedError(`${name} leads to ${leads}, and the canary's own Service has none.`, {
    remedy: 'Take subset out of its destination, or let the spec split between subsets of one host: router.subsets.',
  });
}

/** Between two subsets: what leads to their host without naming one reaches the pods of both, whatever the weights are. */
function assertSubsets(rule: Rule, name: string, { host, namespace }: { readonly host: string; readonly namespace: string }): void {
  const loose = rule.route.some(({ destination }) => isService(destination.host, host, namespace) && (destination.subset ?? '') === '');
  if (!loose) return;
  throw new RouteRejectedError(`${name} leads to ${host} without a subset, beside its subsets: that reaches the pods of both sides.`, {
    remedy: 'Name a subset in each destination of that host, or take that destination out.',
  });
}

function assertShare(rule: Rule, name: string, target: RouteTarget): void {
  const { stable, canary } = pairOf(rule, target);
  if (stable + canary > 0 || partsOf(rule, target).others.length === 0) return;
  throw new RouteRejectedError(`${name} gives all its weight to others, so that stable and the canary have nothing to share.`, {
    remedy: "Give stable's destination a weight.",
  });
}

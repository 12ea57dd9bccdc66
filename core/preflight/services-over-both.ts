import type { Finding } from './finding.ts';
import { selects } from './label-selector.ts';
import type { Sides } from './sides.ts';
import type { PlainService } from './stable-objects.ts';

/**
 * Services that find the pods of both sides: what is sent to one of them is split by the number of pods, whatever the weight is. That is as it
 * should be for the Services whose requests a route takes, so those are passed over.
 */
export function servicesOverBoth(services: readonly PlainService[], sides: Sides, fronts: readonly string[]): Finding[] {
  const expected = new Set([sides.stableService, sides.canaryService, ...fronts]);
  return services
    .filter(({ metadata }) => !expected.has(metadata.name))
    .filter(({ spec }) => findsBoth(spec.selector ?? {}, sides))
    .map(({ metadata: { name } }) => ({
      severity: 'warning' as const,
      subject: `Service ${sides.namespace}/${name}`,
      message: 'It selects the pods of both sides, so what is sent to it is split by the number of pods and not by the weight.',
      remedy: `Where users come through it, let it select stable alone: kubectl -n ${sides.namespace} patch service ${name} --type merge -p '${JSON.stringify({ spec: { selector: { [sides.sideLabel]: 'stable' } } })}'`,
    }));
}

/** A Service without a selector finds no pods, other than all other selectors. */
function findsBoth(selector: Readonly<Record<string, string>>, { stable, canary }: Sides): boolean {
  if (Object.keys(selector).length === 0) return false;
  return selects({ matchLabels: selector }, stable) && selects({ matchLabels: selector }, canary);
}

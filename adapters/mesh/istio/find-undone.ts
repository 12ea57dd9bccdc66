import { rememberedRules } from '../memory.ts';
import { type FindUndone, lacks, type Undone } from '../outside-edits.ts';
import { findRule } from './find-rule.ts';
import { istioRoute } from './istio-dialect.ts';
import { memoryOf } from './rule-memory.ts';
import { sidesOf } from './sides.ts';
import { steer } from './steered-rule.ts';
import { type DestinationWeight, destinationWeights, rulesOf } from './virtual-service.ts';

/** What somebody has undone of a shape in a VirtualService. */
export const findUndone: FindUndone = (virtualService, routes, target, write) => {
  const remembered = rememberedRules(virtualService, target);
  const rules = rulesOf(virtualService).filter(({ kind }) => kind === 'http');
  const { isStable, isCanary } = sidesOf(target);
  return routes.map(istioRoute).flatMap((ref): Undone[] => {
    const rule = findRule(virtualService, ref, target);
    if (rule.kind !== 'http') return [];
    const { fields, inserted } = steer(rule, target, write, memoryOf(remembered, ref)).edit;
    const ofInserted = inserted.flatMap(({ name, route }): Undone[] => {
      const found = rules.find((other) => other.name === name);
      if (found === undefined) return [{ rule: String(name), what: 'gone' }];
      const isWanted = destinationWeights.parse(route).every(isCanary) ? isCanary : isStable;
      if (found.route.length === 0 || !found.route.every(isWanted)) return [{ rule: String(name), what: 'elsewhere' }];
      return found.index > rule.index ? [{ rule: String(name), what: 'behind' }] : [];
    });
    const { affinity, mirrorWeight } = write.shape ?? {};
    const label = rule.name ?? String(rule.index);
    const isCopied = mirrorWeight === undefined || !lacks(rule.whole['mirrors'], fields['mirrors']);
    const isHanded =
      affinity === undefined || !lacks(rule.route.map(withoutWeight), destinationWeights.parse(fields['route']).map(withoutWeight));
    return [
      ...ofInserted,
      ...(isCopied ? [] : [{ rule: label, what: 'mirror' } as const]),
      ...(isHanded ? [] : [{ rule: label, what: 'cookie' } as const]),
    ];
  });
};

function withoutWeight({ weight: _, ...entry }: DestinationWeight) {
  return entry;
}

import type { Block } from '../../../core/analysis/proportion/block.ts';
import { dispersionOf, priorDispersion } from '../../../core/analysis/proportion/dispersion.ts';
import { rolloutEvidence, type WeighedBlock, weigh } from '../../../core/analysis/proportion/evidence.ts';
import type { Margin } from '../../../core/analysis/proportion/margin.ts';
import type { Rule } from './rule.ts';
import { weights } from './world.ts';

export interface OwnOptions {
  readonly margin: Margin;
  readonly falseAlarmLevel: number;
  readonly capsLoudest: boolean;
  readonly restarts: boolean;
  readonly dispersion: 'estimated' | 'known';
}

export const judgeAsShipped: Omit<OwnOptions, 'margin' | 'falseAlarmLevel'> = {
  capsLoudest: true,
  restarts: true,
  dispersion: 'estimated',
};

/** Sluice's judge, whole or without some of what makes it robust. */
export function ownRule(name: string, options: OwnOptions): Rule {
  const { margin, falseAlarmLevel, capsLoudest, restarts } = options;
  const stepCount = restarts ? weights.length : 1;
  return {
    name,
    begin: (history) => {
      const prior = priorDispersion(history);
      const blocks: Block[] = [];
      const weighed: WeighedBlock[] = [];
      return (block) => {
        if (block === undefined) return false;
        blocks.push(block);
        weighed.push(weigh(block, margin));
        // A block without a bad answer of the canary never speaks against it.
        if (block.canary.bad === 0) return false;
        const enough = 1 / falseAlarmLevel;
        const asIfIndependent = rolloutEvidence(weighed, stepCount, { dispersion: 1, capsLoudest });
        if (options.dispersion === 'known') return asIfIndependent >= enough;
        // To divide by a dispersion raises only what is below 1, and that to no more than 1: most blocks need not be looked at further.
        if (asIfIndependent < enough - 1) return false;
        const dispersion = dispersionOf(blocks, margin, prior);
        return rolloutEvidence(weighed, stepCount, { dispersion, capsLoudest }) >= enough;
      };
    },
  };
}

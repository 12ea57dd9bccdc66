import { type Answers, add, type Block } from '../../../core/analysis/proportion/block.ts';
import { dispersionOf, priorDispersion } from '../../../core/analysis/proportion/dispersion.ts';
import { rolloutEvidence, type WeighedBlock, weigh } from '../../../core/analysis/proportion/evidence.ts';
import { judgeProportion } from '../../../core/analysis/proportion/judge-proportion.ts';
import { type Margin, marginAlone } from '../../../core/analysis/proportion/margin.ts';
import type { Verdict } from '../../../core/analysis/verdict.ts';
import type { Rule } from './rule.ts';
import type { World } from './world.ts';

export interface OwnOptions extends Pick<World, 'steps'> {
  readonly margin: Margin;
  readonly falseAlarmLevel: number;
}

/** Sluice's judge as it is shipped, with what it has counted of one rollout. */
export interface OwnJudge {
  /** Whether it rolls back at that block. It is asked only where it may say fail. */
  add(block: Block): boolean;
  judge(): Verdict;
  /** Whether its evidence may have come so far: to divide by a dispersion raises only what is below 1, and that to no more than 1. */
  mayHave(evidence: number): boolean;
}

export function beginOwn({ steps, margin, falseAlarmLevel }: OwnOptions, history: readonly Answers[]): OwnJudge {
  const question = { name: 'Sluice', badMeans: 'failed', margin, falseAlarmLevel, requests: 1, isAlone: false };
  const prior = priorDispersion(history);
  const blocks: Block[] = [];
  const weighed: WeighedBlock[] = [];
  let stable: Answers = { all: 0, bad: 0 };
  let gap = false;
  const mayHave = (evidence: number) => gap || rolloutEvidence(weighed, steps.length, { dispersion: 1, capsLoudest: true }) >= evidence - 1;
  const judge = () => {
    const stepIndex = blocks.at(-1)?.stepIndex ?? 0;
    const now = { stepIndex, stepCount: steps.length, weight: steps[stepIndex] ?? 0 };
    return judgeProportion(question, { blocks, prior, ...now, windowSeconds: 0, lagSeconds: 12, mirrored: new Set(), silentSeconds: 0 });
  };
  return {
    mayHave,
    judge,
    add: (block) => {
      blocks.push(block);
      stable = add(stable, block.stable);
      const isAlone = block.stable.all === 0;
      weighed.push(weigh(block, isAlone && stable.all > 0 ? marginAlone(stable.bad / stable.all, margin) : margin));
      // Where stable answers again, what it was taken to be meanwhile is no bound any more.
      gap ||= isAlone && steps[block.stepIndex] !== 1;
      // A block without a bad answer of the canary never speaks against it.
      return block.canary.bad > 0 && mayHave(1 / falseAlarmLevel) && judge().verdict === 'fail';
    },
  };
}

export function ownRule(name: string, options: OwnOptions): Rule {
  return {
    name,
    begin: (history) => {
      const own = beginOwn(options, history);
      return (block) => block !== undefined && own.add(block);
    },
  };
}

/** The evidence alone, without what makes it robust: no cap on the loudest block, no restarts, no dispersion. */
export function plainRule(name: string, { margin, falseAlarmLevel }: Omit<OwnOptions, 'steps'>): Rule {
  return evidenceRule(name, 1 / falseAlarmLevel, margin, (_, weighed) =>
    rolloutEvidence(weighed, 1, { dispersion: 1, capsLoudest: false }),
  );
}

/** The judge with one beginning: what the restarts cost is seen where nothing else disturbs. */
export function unstartedRule(name: string, { margin, falseAlarmLevel }: Omit<OwnOptions, 'steps'>): Rule {
  return evidenceRule(name, 1 / falseAlarmLevel, margin, (blocks, weighed, prior) =>
    rolloutEvidence(weighed, 1, { dispersion: dispersionOf(blocks, margin, prior), capsLoudest: true }),
  );
}

type Evidence = (blocks: readonly Block[], weighed: readonly WeighedBlock[], prior: ReturnType<typeof priorDispersion>) => number;

function evidenceRule(name: string, enough: number, margin: Margin, evidence: Evidence): Rule {
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
        return block.canary.bad > 0 && evidence(blocks, weighed, prior) >= enough;
      };
    },
  };
}

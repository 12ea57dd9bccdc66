import { doubtOf, doubtsFrom } from '../../../core/analysis/doubt.ts';
import { judgeCourses } from './cost.ts';
import { drawCourses, figuresOf, meanOf, type RuleFigures, type Service, type Settings, worldOf } from './measure-service.ts';
import { beginOwn, type OwnOptions, ownRule } from './own-rule.ts';
import type { Course } from './rule.ts';
import { blocksPerStep, type World, weights } from './world.ts';

export const doubtChanges = ['healthy', 'twice the margin', '+0.5 points', '+1 point'] as const;

/** The same rollouts, with one bake of each step, and as production bakes them. */
export interface DoubtCell extends Service {
  readonly change: (typeof doubtChanges)[number];
  readonly worseBy: number;
  readonly runs: number;
  readonly once: RuleFigures;
  readonly inDoubt: RuleFigures;
  /** How many had a step baked twice, or a part of it, and by how many blocks all of them went on longer on average. */
  readonly longer: { readonly count: number; readonly meanBlocks: number };
}

/** What the second bake in doubt changes, of which the peers have none: for each rollout, both bakes of each step are drawn. */
export function measureDoubt(service: Service, settings: Settings): DoubtCell[] {
  const options = { ...settings, steps: weights };
  const rule = ownRule('Sluice', options);
  return doubtChanges.map((change): DoubtCell => {
    const world: World = { ...worldOf(service, change, settings.margin), bakes: 2 };
    const drawn = drawCourses(world, settings.runs, settings.seed, `${change}, baked twice`);
    const once = drawn.map(bakedOnce);
    const inDoubt = drawn.map((course) => bakedInDoubt(course, options));
    const longerBy = inDoubt.map(({ longerBlocks }) => longerBlocks);
    return {
      ...service,
      change,
      worseBy: world.worseBy,
      runs: settings.runs,
      once: figuresOf(rule, judgeCourses(rule, world, once)),
      inDoubt: figuresOf(rule, judgeCourses(rule, world, inDoubt)),
      longer: { count: longerBy.filter((blocks) => blocks > 0).length, meanBlocks: meanOf(longerBy) },
    };
  });
}

/** The first bake of each step. */
export function bakedOnce({ history, blocks }: Course): Course {
  return { history, blocks: stepsOf(blocks).flatMap(([first]) => first) };
}

/** And of the second one as much as core/rollout/decide.ts would have waited for: until nothing leans against the canary any more, or it is rolled back. */
export function bakedInDoubt({ history, blocks }: Course, options: OwnOptions): Course & { readonly longerBlocks: number } {
  const own = beginOwn(options, history);
  const taken: Course['blocks'][number][] = [];
  let longerBlocks = 0;
  const inDoubt = () => own.mayHave(doubtsFrom) && doubtOf([own.judge()]) !== undefined;
  for (const [first, second] of stepsOf(blocks)) {
    for (const [index, block] of [...first, ...second].entries()) {
      if (index >= first.length) {
        if (!inDoubt()) break;
        longerBlocks += 1;
      }
      taken.push(block);
      if (block !== undefined && own.add(block)) return { history, blocks: taken, longerBlocks };
    }
  }
  return { history, blocks: taken, longerBlocks };
}

function stepsOf(blocks: Course['blocks']): [Course['blocks'], Course['blocks']][] {
  return Array.from({ length: blocks.length / (2 * blocksPerStep) }, (_, stepIndex) => {
    const from = stepIndex * 2 * blocksPerStep;
    return [blocks.slice(from, from + blocksPerStep), blocks.slice(from + blocksPerStep, from + 2 * blocksPerStep)];
  });
}

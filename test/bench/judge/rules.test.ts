import { describe, expect, it } from 'vitest';
import type { Block } from '../../../core/analysis/proportion/block.ts';
import { seededRandom } from '../../seeded-random.ts';
import { judgeCourse } from './cost.ts';
import { createDraw } from './draw.ts';
import { kayentaAsPublished, kayentaRule } from './kayenta-rule.ts';
import { shareOfBad } from './meter.ts';
import { ownRule } from './own-rule.ts';
import type { Course, Rule } from './rule.ts';
import { argoAsDocumented, flaggerAsDocumented, thresholdRule, untilFullWeight } from './threshold-rule.ts';
import { tunedKayenta, tunedThreshold } from './tune.ts';
import { blocksPerStep, drawCourse, type World, weights, weightsToFull } from './world.ts';

const blockCount = weights.length * blocksPerStep;

/** After which block a rule rolls back, counted from 1; undefined where it never does. */
function rolledBackAfter(rule: Rule, canaryBad: (index: number) => number | undefined): number | undefined {
  const judge = rule.begin([]);
  for (let index = 0; index < blockCount; index += 1) {
    const bad = canaryBad(index);
    const block: Block | undefined =
      bad === undefined
        ? undefined
        : { stepIndex: Math.floor(index / blocksPerStep), canary: { all: 100, bad }, stable: { all: 900, bad: 2 + (index % 2) } };
    if (judge(block, index)) return index + 1;
  }
  return undefined;
}

describe('the rules of the peers', () => {
  it('Flagger’s example rolls back at the fifth minute above 1 %, not in a row', () => {
    const flagger = thresholdRule('', flaggerAsDocumented, shareOfBad);
    expect(rolledBackAfter(flagger, () => 2)).toBe(30);
    expect(rolledBackAfter(flagger, (index) => (Math.floor(index / 6) % 2 === 0 ? 2 : 0))).toBe(54);
    expect(rolledBackAfter(flagger, () => 1)).toBeUndefined();
  });

  it('Flagger’s example takes a minute without data for a failed check', () => {
    expect(rolledBackAfter(thresholdRule('', flaggerAsDocumented, shareOfBad), () => undefined)).toBe(30);
  });

  it('Argo Rollouts’ example rolls back at the fourth measurement above 5 %, five minutes each', () => {
    expect(rolledBackAfter(thresholdRule('', argoAsDocumented, shareOfBad), () => 6)).toBe(120);
    expect(rolledBackAfter(thresholdRule('', argoAsDocumented, shareOfBad), () => 5)).toBeUndefined();
    expect(rolledBackAfter(thresholdRule('', argoAsDocumented, shareOfBad), () => undefined)).toBeUndefined();
  });

  it('Kayenta’s looks at the end of a step, and takes a clear shift', () => {
    expect(rolledBackAfter(kayentaRule('', kayentaAsPublished, shareOfBad), (index) => 10 + (index % 3))).toBe(blocksPerStep);
    expect(rolledBackAfter(kayentaRule('', kayentaAsPublished, shareOfBad), () => 0)).toBeUndefined();
  });

  it('Sluice’s needs two blocks', () => {
    const own = ownRule('', { margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01, steps: weights });
    expect(rolledBackAfter(own, () => 40)).toBe(2);
    expect(rolledBackAfter(own, () => 0)).toBeUndefined();
  });
});

describe('at full weight', () => {
  const world: World = { requestsPerSecond: 1000, usualShare: 0.01, worseBy: 0.2, worseFromStep: 5, noise: 'iid', steps: weightsToFull };
  const course = drawCourse(world, createDraw(seededRandom(1)));
  const full = weights.length * blocksPerStep;

  it('nothing of stable answers', () => {
    expect(course.blocks.slice(full).every((block) => block?.stable.all === 0 && block.canary.all > 0)).toBe(true);
  });

  it('Sluice judges by what stable did before, once a fault has lasted longer than a burst', () => {
    const own = ownRule('', { margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01, steps: weightsToFull });
    expect(judgeCourse(own, world, course)).toMatchObject({ rolledBack: true, blocks: full + 6 });
    const healthy = drawCourse({ ...world, worseBy: 0 }, createDraw(seededRandom(2)));
    expect(judgeCourse(own, world, healthy)).toMatchObject({ rolledBack: false });
  });

  it('a rule that promotes by copying judges no more', () => {
    const rule = thresholdRule('', { windowSeconds: 10, most: 0.1, failures: 1, counts: 'inAll', noData: 'ignored' }, shareOfBad);
    expect(judgeCourse(rule, world, course)).toMatchObject({ rolledBack: true, blocks: full + 1 });
    expect(judgeCourse(untilFullWeight(rule), world, course)).toMatchObject({ rolledBack: false });
  });
});

describe('tuning', () => {
  const world: World = { requestsPerSecond: 100, usualShare: 0.01, worseBy: 0, worseFromStep: 0, noise: 'blips', steps: weights };
  const draw = (worse: World, count: number, seed: number): Course[] =>
    Array.from({ length: count }, (_, run) => drawCourse(worse, createDraw(seededRandom(seed + run))));
  const past = {
    healthy: draw(world, 100, 1),
    faulty: draw({ ...world, worseBy: 0.05 }, 5, 900).map((course) => ({ stakes: { ...world, worseBy: 0.05 }, course })),
  };

  it.each([
    ['a threshold', tunedThreshold],
    ['Kayenta', tunedKayenta],
  ])('%s leaves at most 1 of 100 healthy rollouts rolled back, and rolls back faulty ones', (_, tune) => {
    const rule = tune(past, [shareOfBad]);
    expect(past.healthy.filter((course) => judgeCourse(rule, world, course).rolledBack).length).toBeLessThanOrEqual(1);
    const faulty = past.faulty.map((each) => judgeCourse(rule, each.stakes, each.course));
    expect(faulty.filter(({ rolledBack }) => rolledBack).length).toBeGreaterThanOrEqual(4);
  });

  it('counts a miss at the cost of the whole rollout and of the time until people notice', () => {
    const never: Rule = { name: 'never', begin: () => () => false };
    const atOnce: Rule = { name: 'at once', begin: () => () => true };
    const [first] = past.faulty;
    if (first === undefined) throw new Error('no faulty rollout');
    expect(judgeCourse(never, first.stakes, first.course).cost).toBeGreaterThan(100 * 600 * 0.05);
    expect(judgeCourse(atOnce, first.stakes, first.course).cost).toBeLessThan(100);
  });
});

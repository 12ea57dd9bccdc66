import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, sumOf } from '../../../core/analysis/proportion/block.ts';
import { type AnswerCount, answerCount, blocksOf, followAnswers, noAnswers } from '../../../core/rollout/answer-count.ts';

const block = (stepIndex: number, [canaryAll, canaryBad]: readonly [number, number] = [10, 1]): Block => ({
  stepIndex,
  canary: { all: canaryAll, bad: canaryBad },
  stable: { all: 90, bad: 2 },
});
const counted = (count: AnswerCount, atMs: number, of: Block) =>
  followAnswers(count, { status: 'counted', atMs, block: of, query: 'answers' }, of.stepIndex);
const begins = (count: AnswerCount, atMs: number, stepIndex: number) =>
  followAnswers(count, { status: 'begins', atMs, view: 'source' }, stepIndex);

describe('the count of answers', () => {
  it('begins where the counters are, and adds a block a look', () => {
    const begun = begins(noAnswers, 1000, 0);
    expect(begun).toMatchObject({ stepIndex: 0, view: 'source', countedUntilMs: 1000, answeredAtMs: 1000, blocks: [] });
    const later = counted(counted(begun, 2000, block(0)), 3000, block(0, [5, 0]));
    expect(blocksOf(later)).toEqual([block(0), block(0, [5, 0])]);
    expect(later).toMatchObject({ countedUntilMs: 3000, answeredAtMs: 3000 });
  });

  it('knows since when the canary has answered nothing', () => {
    const begun = begins(noAnswers, 1000, 0);
    expect(counted(counted(begun, 2000, block(0)), 9000, block(0, [0, 0]))).toMatchObject({ countedUntilMs: 9000, answeredAtMs: 2000 });
  });

  it('stays as it is where a look came to nothing', () => {
    const begun = counted(begins(noAnswers, 1000, 0), 2000, block(0));
    expect(followAnswers(begun, { status: 'nothing', why: 'down', sourceDown: true }, 0)).toBe(begun);
  });

  it('keeps the blocks of the steps before when a step begins', () => {
    const first = counted(begins(noAnswers, 1000, 0), 2000, block(0));
    const second = begins(first, 9000, 1);
    expect(second).toMatchObject({ stepIndex: 1, countedUntilMs: 9000 });
    expect(blocksOf(counted(second, 10_000, block(1)))).toEqual([block(0), block(1)]);
  });

  it('loses no answer, however long a rollout takes, and keeps few blocks, each of one step and of the same number of looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }), (looksOfSteps) => {
        let count: AnswerCount = noAnswers;
        let looks = 0;
        for (const [stepIndex, ofStep] of looksOfSteps.entries()) {
          count = begins(count, looks * 1000, stepIndex);
          for (let look = 0; look < ofStep; look += 1) {
            looks += 1;
            count = counted(count, looks * 1000, block(stepIndex));
            expect(count.blocks.length).toBeLessThanOrEqual(128);
          }
        }
        const blocks = blocksOf(count);
        expect(sumOf(blocks)).toEqual({ canary: { all: 10 * looks, bad: looks }, stable: { all: 90 * looks, bad: 2 * looks } });
        for (const [stepIndex, ofStep] of looksOfSteps.entries()) {
          const own = blocks.filter((each) => each.stepIndex === stepIndex);
          expect(sumOf(own).canary.bad).toBe(ofStep);
          expect(Math.max(...own.map(({ canary }) => canary.bad))).toBeLessThanOrEqual(count.looksPerBlock);
        }
        expect(answerCount.parse(JSON.parse(JSON.stringify(count)))).toEqual(count);
      }),
      { numRuns: 60 },
    );
  });
});

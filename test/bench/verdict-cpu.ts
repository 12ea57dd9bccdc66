import { emptyTally, judgeMetric } from '../../core/analysis/judge-metric.ts';
import type { Block } from '../../core/analysis/proportion/block.ts';
import { judgeProportion } from '../../core/analysis/proportion/judge-proportion.ts';
import { overallVerdict, type Verdict } from '../../core/analysis/verdict.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Figure, Reading } from './figure.ts';
import { createDraw } from './judge/draw.ts';

const counts = { comparisons: 10, queries: 40, blocks: 1_000, steps: 5 } as const;
const samples = 40;
/** V8 has compiled what is hot by then, as in a Lambda that has looked a few times. */
const warmUps = 15;

/** CPU time of one look's verdicts: as many metrics as a spec may have, and many times the blocks that are kept. */
export const verdictCpu: Figure = {
  name: 'verdict-cpu',
  title: 'CPU time of the verdict on 50 metrics, of which 10 compare 1,000 blocks',
  measure: async () => {
    const first = cpuMs(() => judgeAll(blocksOf(0)));
    return {
      readings: [
        reading('a canary that passes', blocksOf(0)),
        reading('a canary that fails, with the intervals of its reasons', blocksOf(0.05)),
        { what: 'the very first verdict of a process', unit: 'ms', samples: [first] },
      ],
      notes: [
        'A spec may have 10 comparisons, and a rollout keeps 128 blocks of each: a look of it takes an eighth of that.',
        'The first verdict is interpreted, and loads the names of numbers.',
      ],
    };
  },
};

function reading(what: string, blocks: readonly Block[]): Reading {
  for (let run = 0; run < warmUps; run += 1) judgeAll(blocks);
  return {
    what,
    unit: 'ms',
    samples: Array.from({ length: samples }, () => cpuMs(() => judgeAll(blocks))),
    target: { atMost: 20, of: 'median' },
  };
}

function judgeAll(blocks: readonly Block[]): Verdict {
  const state = { blocks, prior: { dispersion: 1.5, weight: 4 }, stepIndex: counts.steps - 1, stepCount: counts.steps, weight: 0.5 };
  const compared = Array.from({ length: counts.comparisons }, (_, index) => {
    const question = { name: `share ${index}`, badMeans: 'failed', margin: { ratio: 1.2, excess: 0.001 }, requests: 10, isAlone: false };
    return judgeProportion(
      { ...question, falseAlarmLevel: 0.01 / counts.comparisons },
      { ...state, windowSeconds: 10_000, lagSeconds: 12, mirrored: new Set<number>(), silentSeconds: 0 },
    );
  });
  const asked = Array.from({ length: counts.queries }, (_, index) => {
    const spec = { name: `query ${index}`, query: '1', max: 1, failures: { consecutive: 2, total: 5 } };
    return judgeMetric(spec, { name: spec.name, atMs: 0, status: 'value', value: 0.5 }, emptyTally).verdict;
  });
  return overallVerdict([...compared, ...asked]);
}

function blocksOf(worseBy: number): Block[] {
  const draw = createDraw(seededRandom(1));
  const side = (all: number, share: number) => ({ all, bad: draw.binomial(all, share) });
  return Array.from({ length: counts.blocks }, (_, index) => ({
    stepIndex: Math.floor((index * counts.steps) / counts.blocks),
    canary: side(1_000, 0.01 + worseBy),
    stable: side(9_000, 0.01),
  }));
}

function cpuMs(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

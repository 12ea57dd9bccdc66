import { expect, it } from 'vitest';
import { latenessOf } from './lateness.ts';
import { largeRegion } from './quotas.ts';
import { runReal } from './real-run.ts';
import { replay } from './replay.ts';
import { runSweeps } from './sweep-run.ts';

const plan = { source: 'cloudwatch', intervalSeconds: 60, bakeSeconds: 60 } as const;

it('replays real rollouts with the same requests, units and lateness, and sweeps over copies of one', async () => {
  const real = await runReal({ rollouts: 2, plan, quotas: largeRegion, seed: 1 });
  expect(real.ends).toEqual({ Succeeded: 2 });
  const replayed = replay({ rollouts: 2, templates: real.templates, quotas: largeRegion, seed: 1 });
  expect(replayed.ends).toEqual(real.ends);
  expect(replayed.counted).toEqual({ ...real.counted, longestTransitionDelayMs: 0 });
  expect(latenessOf(replayed.looks, plan)).toEqual(latenessOf(real.looks, plan));

  const swept = await runSweeps({ rollouts: 150, alarmsEach: 1, sweeps: 1, quotas: largeRegion, seed: 1, sample: real.store });
  expect(swept.counted.calls).toMatchObject({ DescribeAlarms: 2, DescribeExecution: 150, DescribeImages: 150 });
}, 180_000);

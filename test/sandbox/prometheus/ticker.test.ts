import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { tick } from '../../../sandbox/prometheus/ticker.ts';

async function ticksWithin(ms: number, workMs: number): Promise<number[]> {
  const clock = new VirtualClock({ startMs: 0 });
  const ticks: number[] = [];
  const stop = tick(clock, 1_000, async () => {
    ticks.push(clock.now());
    await clock.sleep(workMs);
  });
  await clock.sleep(ms);
  stop();
  await clock.sleep(ms);
  return ticks;
}

describe('tick', () => {
  it('begins at once, keeps its rate whatever the work takes, and ends', async () => {
    expect(await ticksWithin(3_500, 400)).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('never overlaps itself', async () => {
    expect(await ticksWithin(3_500, 1_500)).toEqual([0, 1_500, 3_000]);
  });
});

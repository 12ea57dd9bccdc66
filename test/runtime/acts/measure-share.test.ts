import { describe, expect, it } from 'vitest';
import type { ShareWatch } from '../../../core/rollout/share-record.ts';
import type { ShareLook } from '../../../core/rollout/share-watch.ts';
import { routeTargetOf, workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import { measureShare } from '../../../runtime/acts/measure-share.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { spec } from '../../core/rollout/rollout-for-tests.ts';
import { countingPrometheus } from './counting-prometheus.ts';

function begin(usual = spec()) {
  const clock = new VirtualClock();
  const counting = countingPrometheus(clock);
  const open = { spec: usual, target: routeTargetOf(usual), names: workloadNamesOf(usual) };
  const setAtMs = clock.now();
  const measuring: ShareWatch = { setAtMs, state: 'measuring', why: 'No requests were counted yet.' };
  return {
    clock,
    counting,
    setAtMs,
    look: (share: Partial<ShareWatch> = {}): Promise<ShareLook | undefined> =>
      measureShare({ clock, prometheus: counting.prometheus }, open, { ...measuring, ...share }),
  };
}

describe('a look at how many requests reached each side', () => {
  it('does not begin to count before the counters were scraped with the new weight settled', async () => {
    const { clock, counting, look } = begin();
    counting.scrape({ stable: 100 });
    await clock.sleep(10_000);
    expect(await look()).toEqual({ status: 'nothing', why: 'Its counters were not scraped yet since the weight took effect.' });
    counting.scrape({ stable: 190, canary: 10 });
    await clock.sleep(1_000);
    expect(await look()).toEqual({ status: 'begins', atMs: clock.now(), view: 'source' });
  });

  it('counts what came since the look before it', async () => {
    const { clock, counting, look } = begin();
    counting.scrape({ stable: 100 });
    await clock.sleep(5_000);
    const countedUntilMs = clock.now();
    await clock.sleep(5_000);
    counting.scrape({ stable: 190, canary: 10 });
    const counts = { stable: 90, canary: 10 };
    expect(await look({ view: 'source', countedUntilMs })).toEqual({ status: 'counted', atMs: clock.now(), counts });
  });

  it('takes those who got the requests at their word where no sender reports', async () => {
    const { clock, counting, look } = begin();
    await clock.sleep(5_000);
    counting.scrape({ stable: 1 }, { reporter: 'destination' });
    expect(await look()).toMatchObject({ status: 'begins', view: 'destination' });
  });

  it('begins anew after a gap that Prometheus may not reach across', async () => {
    const { clock, counting, look } = begin();
    counting.scrape({ stable: 100 });
    const countedUntilMs = clock.now();
    await clock.sleep(3_600_000);
    counting.scrape({ stable: 900_000, canary: 1 });
    expect(await look({ view: 'source', countedUntilMs })).toEqual({ status: 'begins', atMs: clock.now(), view: 'source' });
  });

  it.each([
    ['there are no series', () => undefined, 'Prometheus has no count of requests to either side: The query answers no series.'],
    ['Prometheus is down', ({ goDown }: { goDown: () => void }) => goDown(), 'The connection was refused.'],
  ])('brings nothing where %s, and says so', async (_, harm, why) => {
    const { counting, look } = begin();
    harm(counting);
    expect(await look()).toEqual({ status: 'nothing', why });
  });

  it('is not taken where nothing is left to measure', async () => {
    const { look } = begin();
    expect(await look({ state: 'agrees' })).toBeUndefined();
    expect(await look({ state: 'unmeasured' })).toBeUndefined();
  });
});

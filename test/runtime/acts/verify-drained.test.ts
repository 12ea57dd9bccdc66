import { describe, expect, it } from 'vitest';
import { routeTargetOf, workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import { verifyDrained } from '../../../runtime/acts/verify-drained.ts';
import { every, VirtualClock } from '../../../sandbox/clock.ts';
import { spec } from '../../core/rollout/rollout-for-tests.ts';
import { countingPrometheus } from './counting-prometheus.ts';

/** What is seen while the canary drains, with a scrape each second, of so many requests more on each side. */
async function drain({
  perSecond,
  forMs = 8_000,
  source = {},
}: {
  readonly perSecond?: (second: number) => { readonly stable: number; readonly canary: number };
  readonly forMs?: number;
  readonly source?: Parameters<typeof spec>[0];
}) {
  const clock = new VirtualClock();
  const counting = countingPrometheus(clock);
  const usual = spec(source);
  const counts = { stable: 1_000, canary: 500 };
  let second = 0;
  if (perSecond !== undefined) counting.scrape(counts);
  const stop =
    perSecond === undefined
      ? () => undefined
      : every(clock, 1_000, () => {
          const more = perSecond(second++);
          counts.stable += more.stable;
          counts.canary += more.canary;
          counting.scrape(counts);
        });
  const beganAtMs = clock.now();
  let written = 0;
  const again = async () => {
    written += 1;
  };
  const seen = await verifyDrained(
    { clock, prometheus: counting.prometheus },
    { spec: usual, target: routeTargetOf(usual), names: workloadNamesOf(usual) },
    { from: 'canary', forMs, again },
  );
  stop();
  return { seen, written, tookMs: clock.now() - beganAtMs };
}

describe('a canary that drains', () => {
  it('is seen to be left alone as soon as requests go to stable alone', async () => {
    const { seen, written, tookMs } = await drain({ perSecond: (second) => ({ stable: 10, canary: second < 1 ? 10 : 0 }) });
    expect(seen).toMatch(/^None of \d+ requests reached canary since\.$/);
    expect(written).toBe(0);
    expect(tookMs).toBeLessThanOrEqual(5_000);
  });

  it('has its route written once more where requests still reach it, and is watched until none does', async () => {
    const { seen, written } = await drain({ perSecond: (second) => ({ stable: 10, canary: second < 5 ? 10 : 0 }) });
    expect(seen).toMatch(/^None of/);
    expect(written).toBe(1);
  });

  it('is told of where requests reach it until the end, which comes all the same', async () => {
    const { seen, written, tookMs } = await drain({ perSecond: () => ({ stable: 10, canary: 10 }) });
    expect(seen).toMatch(/^10 of 20 requests still ended on canary; long ones may have begun before\.$/);
    expect([written, tookMs]).toEqual([1, 8_000]);
  });

  it('is watched in vain without requests', async () => {
    const { seen, tookMs } = await drain({ perSecond: () => ({ stable: 0, canary: 0 }) });
    expect([seen, tookMs]).toEqual([undefined, 8_000]);
  });

  it.each([
    ['nothing counts requests', {}],
    ['the drain is too short to learn anything', { perSecond: () => ({ stable: 10, canary: 0 }), forMs: 3_000 }],
    ['there is no Prometheus', { source: { analysis: { alarms: ['checkout-errors'] } } }],
  ])('is not waited for where %s', async (_, change) => {
    expect(await drain(change)).toEqual({ seen: undefined, written: 0, tookMs: 0 });
  });
});

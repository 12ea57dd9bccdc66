import { describe, expect, it } from 'vitest';
import { Account } from './account.ts';
import type { Call } from './call.ts';
import { largeRegion } from './quotas.ts';

function write(partition: string, count: number): Call {
  return { service: 'WriteItems', units: [{ partition, count }], requests: 1 };
}

describe('Account', () => {
  it('refuses the units of a partition key that all rollouts share beyond its rate, and counts what it refused', () => {
    const account = new Account(largeRegion);
    const taken = Array.from({ length: 501 }, () => account.take(write('locks', 2), 0));
    expect(taken.filter(Boolean)).toHaveLength(500);
    expect(account.counted()).toMatchObject({ calls: { WriteItems: 500 }, throttled: { WriteItems: 1 }, writeUnits: 1_000 });
  });

  it('keeps reads and writes of a key apart', () => {
    const account = new Account(largeRegion);
    account.take(write('locks', 1_000), 0);
    expect(account.take({ service: 'Query', units: [{ partition: 'locks', count: 1 }], requests: 1 }, 0)).toBe(true);
  });

  it('leaves alone the keys that each rollout has to itself', () => {
    const account = new Account(largeRegion);
    expect(Array.from({ length: 2_000 }, (_, index) => account.take(write(`rollouts#service-${index}`, 2), 0))).not.toContain(false);
  });

  it('has no room for a function beside those that run but what is kept for the abort door and Begin', () => {
    const account = new Account({ ...largeRegion, lambdaConcurrency: 30 });
    expect([1, 2, 3].map(() => account.invoke('SetWeight'))).toEqual([true, true, false]);
    account.leave('SetWeight');
    expect(account.invoke('SetWeight')).toBe(true);
    expect(account.counted()).toMatchObject({ calls: { Lambda: 3 }, throttled: { Lambda: 1 }, peakConcurrency: 2 });
  });

  it('lets no more run of a function than it has of its own, and those whatever else runs', () => {
    const account = new Account({ ...largeRegion, lambdaConcurrency: 29 });
    expect([1, 2].map(() => account.invoke('SetWeight'))).toEqual([true, false]);
    expect(Array.from({ length: 9 }, () => account.invoke('Begin')).filter(Boolean)).toHaveLength(8);
    account.leave('SetWeight');
    expect([account.invoke('Begin'), account.invoke('SetWeight')]).toEqual([false, true]);
  });

  it('delays states beyond their rate, and refuses none', () => {
    const account = new Account({ ...largeRegion, stateTransition: { burst: 1, perSecond: 10 } });
    expect([1, 2, 3].map(() => account.enterState(0))).toEqual([0, 100, 200]);
    expect(account.counted()).toMatchObject({ calls: { StateTransition: 3 }, longestTransitionDelayMs: 200 });
  });

  it('takes from the quotas what the sweep asks for, and does not count it', () => {
    const account = new Account(largeRegion);
    for (let call = 0; call < 9; call += 1) account.take({ service: 'DescribeAlarms', units: [], requests: 1 }, 0, 'sweep');
    expect(account.take({ service: 'DescribeAlarms', units: [], requests: 1 }, 0)).toBe(false);
    expect(account.counted().calls).toEqual({ StateTransition: 0 });
  });
});

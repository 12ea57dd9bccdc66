import { describe, expect, it } from 'vitest';
import type { Replay } from '../../../core/backtest/replay.ts';
import { loadBalancer, writtenMetrics } from '../../backtest/load-balancer.ts';
import { comparingSpec, recordFor, replayOf } from '../../backtest/record-for-tests.ts';
import { type SimulatedService, scrapedService } from '../../backtest/simulated-service.ts';
import { startMs } from '../rollout/rollout-for-tests.ts';

const secondsOf = ({ end }: Replay) => (end.atMs - startMs) / 1000;

const forSeconds = 900;
const service: SimulatedService = {
  seed: 3,
  fromMs: startMs,
  pastSeconds: 2_100,
  forSeconds,
  requestsPerSecond: 50,
  canaryPart: 0.2,
  failing: (side, at) => (side === 'canary' && at >= 300 ? 0.1 : 0.01),
};

describe('a replay of comparisons with stable', () => {
  const compared = comparingSpec();

  it('rolls back soon after the canary turned bad, and reckons what it cost until then and in all', async () => {
    const replayed = replayOf(await recordFor(compared, scrapedService(service), forSeconds), compared);
    expect(replayed.end).toMatchObject({ outcome: 'rolledBack', reason: 'analysis' });
    expect(secondsOf(replayed)).toBeGreaterThan(300);
    expect(secondsOf(replayed)).toBeLessThan(360);
    const [successRate] = replayed.comparisons;
    // 10 requests a second of which 9 points more fail: for up to a minute, and for ten.
    expect(successRate?.untilDecided.aboveBaseline).toBeLessThan(70);
    expect(successRate?.inAll.aboveBaseline).toBeGreaterThan(470);
    expect(successRate?.inAll.aboveBaseline).toBeLessThan(610);
  });

  it('promotes a canary that is as good as stable, and says that its share of requests was not that of the weights', async () => {
    const healthy = scrapedService({ ...service, failing: () => 0.01 });
    const replayed = replayOf(await recordFor(compared, healthy, forSeconds), compared);
    expect(replayed.end.outcome).toBe('promoted');
    expect(replayed.requestShare).toBeCloseTo(0.2, 1);
    expect(replayed.notes[0]).toMatch(
      /the canary got (19|20|21)[.\d]* % of the requests, whatever the weights of the steps \(10 %, 50 %, 100 %\)/,
    );
    expect(replayed.notes.join(' ')).toContain('At full weight nothing answers beside a canary');
  });

  it('says where nothing was recorded before, from which stable’s noise is learnt', async () => {
    const file = await recordFor(compared, scrapedService({ ...service, pastSeconds: 0 }), forSeconds);
    expect(replayOf(file, compared).notes.join(' ')).toContain('Of the half hour before, which tells how stable');
  });

  it('says so too where CloudWatch was recorded from earlier on, which tells nothing of that', async () => {
    const metrics = ['successRate' as const, { loadBalancer, measure: 'requests' as const, min: 1 }];
    const both = comparingSpec({}, { metrics });
    const written = writtenMetrics({
      ...{ seed: 4, fromMs: startMs, pastSeconds: 2_100, forSeconds, requestsPerSecond: () => 30 },
      ...{ failing: () => 0, latencySeconds: () => 0.1 },
    });
    const file = await recordFor(both, scrapedService({ ...service, pastSeconds: 0 }), forSeconds, written);
    expect(replayOf(file, both).notes.join(' ')).toContain("which tells how stable's bad answers come, nothing was recorded");
  });

  it('takes a gap in everything for no data, and counts what came meanwhile after it', async () => {
    const file = await recordFor(compared, scrapedService({ ...service, failing: () => 0.01 }), forSeconds);
    const gap = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (key, each) =>
        key === 'values' ? each.filter(([seconds]: [number]) => seconds < startMs / 1000 + 100 || seconds > startMs / 1000 + 160) : each,
      );
    const [whole, broken] = [replayOf(file, compared), replayOf(gap(file), compared)];
    const inGap = broken.looks.find(({ atMs }) => atMs === startMs + 130_000);
    expect(inGap?.overall).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('nothing was recorded at that time') });
    expect(broken.comparisons.map(({ inAll }) => inAll)).toEqual(whole.comparisons.map(({ inAll }) => inAll));
  });

  it('takes counters for scraped at each point where that was not recorded', async () => {
    const file = await recordFor(compared, scrapedService(service), forSeconds);
    const without = JSON.parse(JSON.stringify(file), (key, each) => (key === 'scraped' ? undefined : each));
    expect(replayOf(without, compared).end).toEqual(replayOf(file, compared).end);
  });
});

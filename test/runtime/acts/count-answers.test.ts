import { describe, expect, it } from 'vitest';
import { planRollout } from '../../../core/plan/plan.ts';
import { type AnswerCount, noAnswers } from '../../../core/rollout/answer-count.ts';
import type { ProportionSpec } from '../../../core/spec/proportion-spec.ts';
import { badMeansOf, countAnswers } from '../../../runtime/acts/count-answers.ts';
import { routeTargetOf, workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { recordOf, spec, usually } from '../../core/rollout/rollout-for-tests.ts';
import { countingPrometheus } from './counting-prometheus.ts';

const successRate: ProportionSpec = {
  name: 'successRate',
  bad: { kind: 'failed' },
  margin: { ratio: 1.2, excess: 0.001 },
  requests: 20,
  baseline: 'stable',
  role: usually,
};
const latency: ProportionSpec = { ...successRate, name: 'latency', bad: { kind: 'slow', aboveMs: 200 } };

function begin(stepIndex = 0) {
  const clock = new VirtualClock();
  const counting = countingPrometheus(clock);
  const usual = spec();
  const watch = { stepIndex, startedAtMs: clock.now(), bakedMs: 0 };
  const open = {
    plan: planRollout(usual),
    spec: usual,
    target: routeTargetOf(usual),
    names: workloadNamesOf(usual),
    record: recordOf({ watch }),
  };
  return {
    clock,
    counting,
    open,
    look: (count: Partial<AnswerCount> = {}, of = successRate) =>
      countAnswers({ clock, prometheus: counting.prometheus }, open, of, { ...noAnswers, ...count }),
  };
}

describe('a look at what both sides have answered', () => {
  it('begins when all counters were scraped with the new weight settled', async () => {
    const { clock, counting, look } = begin();
    counting.scrapeAnswers({ stable: { 200: 100 } });
    await clock.sleep(10_000);
    expect(await look()).toMatchObject({ status: 'nothing', sourceDown: false });
    counting.scrapeAnswers({ stable: { 200: 190 }, canary: { 200: 10 } });
    expect(await look()).toMatchObject({ status: 'begins', atMs: clock.now(), view: 'source' });
  });

  it('counts what came since, the bad ones by their code, and those of a series that was not there before', async () => {
    const { clock, counting, look } = begin();
    counting.scrapeAnswers({ stable: { 200: 100, 503: 5 }, canary: { 200: 10 } });
    await clock.sleep(5_000);
    const countedUntilMs = clock.now();
    await clock.sleep(5_000);
    counting.scrapeAnswers({ stable: { 200: 190, 404: 7, 503: 6 }, canary: { 200: 17, 500: 3 } });
    expect(await look({ stepIndex: 0, view: 'source', countedUntilMs })).toEqual({
      status: 'counted',
      atMs: clock.now(),
      block: { stepIndex: 0, stable: { all: 98, bad: 1 }, canary: { all: 10, bad: 3 } },
      query: expect.stringContaining('checkout-canary'),
    });
  });

  it("takes the server's errors of gRPC for bad, which HTTP calls 200", async () => {
    const { clock, counting, look } = begin();
    counting.scrapeAnswers({ stable: { 200: 100 }, canary: { 200: 1 } });
    await clock.sleep(5_000);
    const countedUntilMs = clock.now();
    await clock.sleep(5_000);
    counting.scrapeAnswers({ stable: { 200: 100 }, canary: { 200: 5 } });
    counting.scrapeAnswers({ canary: { 200: 4 } }, { grpc_response_status: '14' });
    counting.scrapeAnswers({ canary: { 200: 2 } }, { grpc_response_status: '5' });
    expect(await look({ stepIndex: 0, view: 'source', countedUntilMs })).toMatchObject({
      block: { canary: { all: 10, bad: 4 }, stable: { all: 0, bad: 0 } },
    });
  });

  it('counts what took longer than the next bound of the histogram', async () => {
    const { clock, counting, open, look } = begin();
    expect(badMeansOf(open, latency)).toBe('took longer than 250 ms');
    counting.scrapeBuckets('checkout', { 100: 80, '250.0': 90, '+Inf': 100 });
    counting.scrapeBuckets('checkout-canary', { 100: 8, 250: 9, '+Inf': 10 });
    await clock.sleep(5_000);
    const countedUntilMs = clock.now();
    await clock.sleep(5_000);
    counting.scrapeBuckets('checkout', { 100: 160, '250.0': 185, '+Inf': 200 });
    counting.scrapeBuckets('checkout-canary', { 100: 8, 250: 12, '+Inf': 20 });
    expect(await look({ stepIndex: 0, view: 'source', countedUntilMs }, latency)).toMatchObject({
      block: { stable: { all: 100, bad: 5 }, canary: { all: 10, bad: 7 } },
    });
  });

  it('begins anew with a step, and after a gap that Prometheus may not reach across', async () => {
    const { clock, counting, look } = begin(1);
    counting.scrapeAnswers({ stable: { 200: 95 }, canary: { 200: 5 } });
    const countedUntilMs = clock.now();
    await clock.sleep(10_000);
    counting.scrapeAnswers({ stable: { 200: 100 }, canary: { 200: 10 } });
    expect(await look({ stepIndex: 0, view: 'source', countedUntilMs })).toMatchObject({ status: 'begins' });
    await clock.sleep(3_480_000);
    counting.scrapeAnswers({ stable: { 200: 880 }, canary: { 200: 88 } });
    await clock.sleep(120_000);
    counting.scrapeAnswers({ stable: { 200: 900 }, canary: { 200: 90 } });
    expect(await look({ stepIndex: 1, view: 'source', countedUntilMs })).toMatchObject({ status: 'begins' });
  });

  it('begins anew where Prometheus has lost what it knew, when all that proxies have counted before is known again', async () => {
    const { clock, counting, look } = begin();
    const count = { stepIndex: 0, view: 'source', countedUntilMs: clock.now() };
    const scrapeOne = (pod: string, answered: number) => {
      // Of canaries before this one the proxies still have 3,000 answers, 900 of them bad.
      counting.scrapeAnswers({ stable: { 200: 50_000 + answered }, canary: { 200: 2_100 + answered, 503: 900 } }, { pod });
    };
    await clock.sleep(10_000);
    scrapeOne('caller-a', 1);
    expect(await look(count)).toEqual({
      status: 'nothing',
      why: expect.stringMatching(/^Prometheus does not know what was counted/),
      sourceDown: false,
    });
    await clock.sleep(10_000);
    scrapeOne('caller-b', 1);
    expect(await look(count)).toMatchObject({ status: 'nothing' });
    for (let scrapes = 0; scrapes < 8; scrapes += 1) {
      await clock.sleep(10_000);
      scrapeOne('caller-a', 2 + scrapes);
      scrapeOne('caller-b', 2 + scrapes);
    }
    expect(await look(count)).toMatchObject({ status: 'begins', atMs: clock.now() });
    const countedUntilMs = clock.now();
    await clock.sleep(10_000);
    scrapeOne('caller-a', 20);
    scrapeOne('caller-b', 20);
    expect(await look({ ...count, countedUntilMs })).toMatchObject({
      status: 'counted',
      block: { canary: { all: 22, bad: 0 }, stable: { all: 22, bad: 0 } },
    });
  });

  it('begins no step with what a Prometheus that has just lost what it knew has not scraped again', async () => {
    const { clock, counting, look } = begin(1);
    const count = { stepIndex: 0, view: 'source', countedUntilMs: clock.now() };
    const scrapeOne = (pod: string, answered: number) =>
      counting.scrapeAnswers({ stable: { 200: 50_000 + answered }, canary: { 200: 2_100 + answered, 503: 900 } }, { pod });
    await clock.sleep(10_000);
    scrapeOne('caller-a', 1);
    expect(await look(count)).toEqual({
      status: 'nothing',
      why: expect.stringMatching(/^Prometheus does not know what was counted/),
      sourceDown: false,
    });
    for (let scrapes = 0; scrapes < 9; scrapes += 1) {
      await clock.sleep(10_000);
      scrapeOne('caller-a', 2 + scrapes);
      scrapeOne('caller-b', 2 + scrapes);
    }
    expect(await look(count)).toMatchObject({ status: 'begins', atMs: clock.now() });
  });

  it("learns from stable's last half hour how bad answers come, once", async () => {
    const clumpsOf = async (clump: number) => {
      const { clock, counting, open, look } = begin();
      let bad = 0;
      for (let minute = 0; minute <= 30; minute += 1) {
        bad += minute % 2 === 0 ? clump : 0;
        counting.scrapeAnswers({ stable: { 200: 1000 * minute, 503: bad } });
        await clock.sleep(60_000);
      }
      const record = { ...open.record, startedAtMs: clock.now(), watch: { stepIndex: 0, startedAtMs: clock.now() - 60_000, bakedMs: 0 } };
      counting.scrapeAnswers({ stable: { 200: 31_000, 503: bad }, canary: { 200: 1 } });
      const found = await countAnswers({ clock, prometheus: counting.prometheus }, { ...open, record }, successRate);
      return { found, again: await look({ prior: { dispersion: 3, weight: 6 } }) };
    };
    const { found, again } = await clumpsOf(12);
    expect(found).toMatchObject({ status: 'begins', prior: { dispersion: 8, weight: 6 } });
    expect(again).not.toHaveProperty('prior');
    expect((await clumpsOf(1)).found).toMatchObject({ prior: { dispersion: expect.closeTo(1.2, 0) } });
    expect((await clumpsOf(0)).found).toMatchObject({ prior: { dispersion: 1.5, weight: 2 } });
  });

  it('takes no number that cannot be one of answers', async () => {
    const { clock, counting, look } = begin();
    counting.scrapeAnswers({ stable: { 200: 100 }, canary: { 200: 10 } });
    await clock.sleep(5_000);
    const countedUntilMs = clock.now();
    await clock.sleep(5_000);
    counting.scrapeAnswers({ stable: { 200: 1e300 }, canary: { 200: 20 } });
    expect(await look({ stepIndex: 0, view: 'source', countedUntilMs })).toMatchObject({ status: 'nothing', sourceDown: false });
  });

  it('tells a source that is down from one that knows nothing', async () => {
    const { clock, counting, look } = begin();
    await clock.sleep(10_000);
    expect(await look()).toMatchObject({ status: 'nothing', sourceDown: false });
    counting.goDown();
    expect(await look()).toEqual({ status: 'nothing', why: 'The connection was refused.', sourceDown: true });
    expect(await look({ stepIndex: 0, view: 'source', countedUntilMs: clock.now() - 1000 })).toMatchObject({ sourceDown: true });
  });
});

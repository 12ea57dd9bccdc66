import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type LoadResult, startLoad } from '../../../sandbox/traffic/load.ts';
import { type RunningService, type ServiceBehaviour, startService } from '../../../sandbox/traffic/service.ts';
import { ask } from './fake-mesh.ts';

describe('a service of the sandbox', () => {
  let clock: VirtualClock;
  let service: RunningService;

  beforeEach(async () => {
    clock = new VirtualClock({ startMs: 0 });
    service = await startService({ clock, version: 'v2' });
  });
  afterEach(async () => {
    await service.close();
    clock.stop();
  });

  const url = () => `http://${service.address}:${service.port}`;

  /** The results of so many requests, 10 ms apart, in the order in which they ended. */
  const results = async (count: number, behaviour: ServiceBehaviour) => {
    service.setBehaviour(behaviour);
    const all: LoadResult[] = [];
    const load = startLoad({ clock, url: url(), host: 'any', requestsPerSecond: 100, onResult: (result) => all.push(result) });
    await clock.sleep(count * 10 + 5);
    load.setRate(0);
    await clock.sleep(10_000);
    load.stop();
    return all;
  };

  it('tells its version in the body and in a header', async () => {
    const answer = await clock.busy(() => ask(url()));
    expect(answer).toMatchObject({ status: 200, body: '{"version":"v2"}', headers: { 'x-version': 'v2' } });
  });

  it.each([
    [0, 0],
    [0.01, 10],
    [0.05, 50],
    [0.5, 500],
    [1, 1000],
  ])('with an error share of %d fails %i of 1000 requests', async (errorShare, expected) => {
    const all = await results(1000, { errorShare });
    expect(all).toHaveLength(1000);
    expect(all.filter(({ status }) => status === 500)).toHaveLength(expected);
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1000 - expected);
  });

  it('fails with the status that it is told', async () => {
    const [only] = await results(1, { errorShare: 1, errorStatus: 503 });
    expect(only).toMatchObject({ status: 503, version: 'v2' });
  });

  it('takes its latency on the clock, and the slow ones theirs', async () => {
    const all = await results(100, { latencyMs: 30, slowShare: 0.02, slowLatencyMs: 900 });
    expect(all.filter(({ durationMs }) => durationMs === 30)).toHaveLength(98);
    expect(all.filter(({ durationMs }) => durationMs === 900)).toHaveLength(2);
  });

  it('that crashes resets what is under way, at that moment, and what comes after', async () => {
    const all: LoadResult[] = [];
    service.setBehaviour({ latencyMs: 1000 });
    const load = startLoad({ clock, url: url(), host: 'any', requestsPerSecond: 1, onResult: (result) => all.push(result) });
    await clock.sleep(1500);
    service.setBehaviour({ crashed: true });
    await clock.sleep(1000);
    load.stop();
    expect(all).toEqual([
      { atMs: 1000, durationMs: 500, status: 0, version: undefined },
      { atMs: 2000, durationMs: 0, status: 0, version: undefined },
    ]);
  });

  it('comes back when it no longer crashes', async () => {
    const [first] = await results(1, { crashed: true });
    const [second] = await results(1, {});
    expect([first?.status, second?.status]).toEqual([0, 200]);
  });

  it('closes at once, also in the middle of a request', async () => {
    service.setBehaviour({ latencyMs: 3_600_000 });
    const outcome = clock.busy(() => ask(url())).catch(() => 'broken off');
    await clock.sleep(10);
    await service.close();
    expect(await outcome).toBe('broken off');
    expect(clock.now()).toBe(10);
  });
});

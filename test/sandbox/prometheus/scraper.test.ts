import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { type ScrapeTarget, startScraper } from '../../../sandbox/prometheus/scraper.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';
import { type ExposingServer, exposingServer } from './exposing-server.ts';
import { ask } from './series.ts';

describe('startScraper', () => {
  const clock = new VirtualClock({ startMs: 0 });
  let target: ExposingServer;
  let stop: () => void = () => undefined;
  let targets: ScrapeTarget[];
  let engine: QueryEngine;

  beforeEach(async () => {
    target = await exposingServer('visits_total{page="/"} 5\nvisits_total{page="/cart"} 7\n');
    targets = [{ job: 'shop', url: target.url, instance: 'shop-1:8080' }];
  });

  afterEach(async () => {
    stop();
    await target.close();
  });

  /** Scrapes each 10 s, from now on; the first scrape is over when this resolves. */
  async function start(): Promise<number> {
    const store = new SeriesStore({ retentionMs: 60_000 });
    engine = new QueryEngine(store, { lookbackMs: 300_000 });
    const startMs = clock.now();
    stop = startScraper({ clock, store, targets: () => targets, intervalMs: 10_000, timeoutMs: 5_000 });
    await clock.sleep(1_000);
    return startMs;
  }

  const askNow = (query: string) => ask(engine, query, clock.now());

  it('adds job and instance, and says of each target whether it is up', async () => {
    await start();
    expect(askNow('visits_total')).toEqual([
      '{__name__="visits_total", instance="shop-1:8080", job="shop", page="/"} 5',
      '{__name__="visits_total", instance="shop-1:8080", job="shop", page="/cart"} 7',
    ]);
    expect(askNow('up')).toEqual(['{__name__="up", instance="shop-1:8080", job="shop"} 1']);
    expect(askNow('scrape_samples_scraped')).toEqual(['{__name__="scrape_samples_scraped", instance="shop-1:8080", job="shop"} 2']);
  });

  it('scrapes at a fixed rate, and stamps the samples with the time at which it was due', async () => {
    const startMs = await start();
    await clock.sleep(30_000);
    const { result } = engine.instant('visits_total{page="/"}[1m]', clock.now());
    const points = result.type === 'matrix' ? result.series[0]?.points : undefined;
    expect(points?.map(({ atMs }) => atMs - startMs)).toEqual([0, 10_000, 20_000, 30_000]);
  });

  it('takes host and port for the instance, adds labels, and keeps an exposed label that clashes apart', async () => {
    target.text = 'a{job="own",pod="x"} 1\n';
    targets = [{ job: 'shop', url: target.url, labels: { pod: 'y' } }];
    await start();
    const { host } = new URL(target.url);
    expect(askNow('a')).toEqual([`{__name__="a", exported_job="own", exported_pod="x", instance="${host}", job="shop", pod="y"} 1`]);
  });

  it('ends a series that is no longer exposed', async () => {
    await start();
    target.text = 'visits_total{page="/"} 6\n';
    await clock.sleep(10_000);
    expect(askNow('sum(visits_total)')).toEqual(['{} 6']);
  });

  it.each<[string, () => void]>([
    [
      'answers with an error',
      () => {
        target.status = 503;
      },
    ],
    [
      'cuts the connection',
      () => {
        target.status = 'cut';
      },
    ],
    [
      'exposes what does not parse',
      () => {
        target.text = 'visits_total{ 6\n';
      },
    ],
    [
      'takes longer than the time-out',
      () => {
        target.before = () => clock.sleepWithin(6_000);
      },
    ],
  ])('ends all series of a target that %s, and sets up to 0', async (_, fail) => {
    await start();
    fail();
    await clock.sleep(15_000);
    expect(askNow('visits_total')).toEqual([]);
    expect(askNow('up')).toEqual(['{__name__="up", instance="shop-1:8080", job="shop"} 0']);
  });

  it('notes how long a scrape took', async () => {
    target.before = () => clock.sleepWithin(2_000);
    await start();
    await clock.sleep(2_000);
    expect(askNow('scrape_duration_seconds')).toEqual(['{__name__="scrape_duration_seconds", instance="shop-1:8080", job="shop"} 2']);
  });

  it('ends the series of a target that is none any more, up among them', async () => {
    await start();
    targets = [];
    await clock.sleep(10_000);
    expect(askNow('{job="shop"}')).toEqual([]);
  });

  it('keeps the time that a target gives, and ends such a series by the look-back only', async () => {
    target.text = `late 1 ${clock.now() - 2_000}\n`;
    await start();
    expect(askNow('timestamp(late)')).toEqual([`{instance="shop-1:8080", job="shop"} ${(clock.now() - 3_000) / 1000}`]);
    target.text = '';
    await clock.sleep(10_000);
    expect(askNow('late')).toHaveLength(1);
  });

  it('scrapes no more once it is stopped', async () => {
    await start();
    stop();
    await clock.sleep(30_000);
    expect(askNow('count_over_time(up[1m])')).toEqual(['{instance="shop-1:8080", job="shop"} 1']);
  });
});

import type { SandboxClock } from '../clock.ts';
import { busyFetch } from './busy-fetch.ts';
import { type ExposedSample, parseExposition } from './exposition.ts';
import { type Labels, metricName } from './labels.ts';
import type { SeriesStore } from './series-store.ts';
import { StaleTracker, type WrittenSample } from './stale-tracker.ts';
import { tick } from './ticker.ts';

export interface ScrapeTarget {
  readonly job: string;
  /** Where it exposes its metrics, such as `http://127.0.0.1:8080/metrics`. */
  readonly url: string;
  /** Host and port of the address where left out. */
  readonly instance?: string;
  /** Added to each of its series, as relabelling by service discovery does. */
  readonly labels?: Labels;
}

export interface ScraperOptions {
  readonly clock: SandboxClock;
  readonly store: SeriesStore;
  /** Asked before each scrape: targets come and go. */
  readonly targets: () => readonly ScrapeTarget[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fetch?: typeof globalThis.fetch;
}

type Scrape = { readonly up: true; readonly samples: readonly ExposedSample[] } | { readonly up: false };

/**
 * Scrapes all targets at once and at a fixed rate. A target that does not answer in time, with 200, and with text that holds
 * throughout, is down: `up` is 0, and its series end. So do those of a target that is no longer one, its `up` among them.
 *
 * @returns how to end it.
 */
export function startScraper(options: ScraperOptions): () => void {
  const { clock, store, intervalMs } = options;
  const fetch = busyFetch(clock, options.fetch);
  const trackers = new Map<string, StaleTracker>();

  const scrape = async (target: ScrapeTarget, tracker: StaleTracker, atMs: number) => {
    const result = await scrapeOnce(clock, fetch, target.url, options.timeoutMs);
    tracker.write(seriesOf(target, result, (clock.now() - atMs) / 1000), atMs);
  };

  return tick(clock, intervalMs, async () => {
    const atMs = Math.round(clock.now());
    const targets = new Map(options.targets().map((target) => [JSON.stringify(target), target]));
    for (const [key, tracker] of trackers) {
      if (targets.has(key)) continue;
      tracker.write([], atMs);
      trackers.delete(key);
    }
    await Promise.all(
      [...targets].map(([key, target]) => {
        const tracker = trackers.get(key) ?? new StaleTracker(store);
        trackers.set(key, tracker);
        return scrape(target, tracker, atMs);
      }),
    );
    store.forgetBefore(atMs);
  });
}

async function scrapeOnce(clock: SandboxClock, fetch: typeof globalThis.fetch, url: string, timeoutMs: number): Promise<Scrape> {
  const answered = new AbortController();
  const down: Scrape = { up: false };
  const inTime = fetch(url).then(
    async (response): Promise<Scrape> => {
      const text = await response.text();
      const exposition = response.status === 200 ? parseExposition(text) : undefined;
      return exposition?.ok === true ? { up: true, samples: exposition.samples } : down;
    },
    () => down,
  );
  // A late answer is not cut off but left unread: the clock counts the request as busy until it is over.
  const result = await Promise.race([inTime, clock.sleep(timeoutMs, answered.signal).then(() => down)]);
  answered.abort();
  return result;
}

/** What a scrape adds: the target's samples under its labels, and Prometheus's own three of the scrape. */
function seriesOf(target: ScrapeTarget, scrape: Scrape, durationSeconds: number): WrittenSample[] {
  const own = { ...target.labels, job: target.job, instance: target.instance ?? new URL(target.url).host };
  const samples = scrape.up ? scrape.samples : [];
  const about = (name: string, value: number) => ({ labels: { ...own, [metricName]: name }, value });
  return [
    ...samples.map(({ labels, value, atMs }) => ({ labels: underTarget(labels, own), value, atMs })),
    about('up', Number(scrape.up)),
    about('scrape_duration_seconds', durationSeconds),
    about('scrape_samples_scraped', samples.length),
  ];
}

/** Where a sample has a label that the target has too, the target's wins and the other is kept as `exported_…`. */
function underTarget(labels: Labels, own: Labels): Labels {
  const exposed = Object.entries(labels).map(([name, value]) => [Object.hasOwn(own, name) ? `exported_${name}` : name, value]);
  return { ...Object.fromEntries(exposed), ...own };
}

import { type Labels, labelsKey, labelsOf, metricName } from './labels.ts';

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** Picks series by one label; a series without it has the value ''. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  matches(value: string): boolean;
}

export interface LatestPoint {
  readonly labels: Labels;
  readonly point: Point;
}

export interface SeriesPoints {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** No value is the staleness marker: the series ended here, so that nothing before is looked back to. */
interface Sample {
  readonly atMs: number;
  readonly value: number | undefined;
}

interface Series {
  readonly key: string;
  readonly labels: Labels;
  samples: Sample[];
}

/** Samples in memory, by series, each ascending by time. */
export class SeriesStore {
  readonly #retentionMs: number;
  readonly #byName = new Map<string, Map<string, Series>>();

  constructor(options: { readonly retentionMs: number }) {
    this.#retentionMs = options.retentionMs;
  }

  /** Adds a sample, or the staleness marker. As in Prometheus, one that is not newer than the last of its series is dropped. */
  append(labels: Labels, atMs: number, value: number | 'stale'): void {
    const kept = labelsOf(labels);
    const key = labelsKey(kept);
    const family = this.#familyOf(kept[metricName] ?? '');
    const series = family.get(key) ?? { key, labels: kept, samples: [] };
    family.set(key, series);
    const last = series.samples.at(-1);
    if (last !== undefined && last.atMs >= atMs) return;
    series.samples.push({ atMs, value: value === 'stale' ? undefined : value });
  }

  /**
   * The newest sample of each series at a time, unless it is older than the look-back, or the series ended. The look-back is
   * open on the left since Prometheus 3: a sample exactly as old as it is too old.
   */
  latest(matchers: readonly Matcher[], atMs: number, lookbackMs: number): LatestPoint[] {
    return this.#select(matchers).flatMap(({ labels, samples }) => {
      const sample = samples[countUpTo(samples, atMs) - 1];
      if (sample?.value === undefined || sample.atMs <= atMs - lookbackMs) return [];
      return [{ labels, point: { atMs: sample.atMs, value: sample.value } }];
    });
  }

  /** The samples after `fromMs`, up to and with `toMs`, of each series that has some. */
  range(matchers: readonly Matcher[], fromMs: number, toMs: number): SeriesPoints[] {
    return this.#select(matchers).flatMap(({ labels, samples }) => {
      const points = samples
        .slice(countUpTo(samples, fromMs), countUpTo(samples, toMs))
        .flatMap(({ atMs, value }) => (value === undefined ? [] : [{ atMs, value }]));
      return points.length === 0 ? [] : [{ labels, points }];
    });
  }

  /** Forgets what is older than the retention, and series of which nothing is left. */
  forgetBefore(nowMs: number): void {
    for (const [name, family] of this.#byName) {
      for (const [key, series] of family) {
        const outdated = countUpTo(series.samples, nowMs - this.#retentionMs);
        if (outdated > 0) series.samples = series.samples.slice(outdated);
        if (series.samples.length === 0) family.delete(key);
      }
      if (family.size === 0) this.#byName.delete(name);
    }
  }

  #familyOf(name: string): Map<string, Series> {
    const family = this.#byName.get(name) ?? new Map<string, Series>();
    this.#byName.set(name, family);
    return family;
  }

  #select(matchers: readonly Matcher[]): Series[] {
    const named = matchers.find(({ label, op }) => label === metricName && op === '=')?.value;
    const families = named === undefined ? [...this.#byName.values()] : [this.#byName.get(named) ?? new Map<string, Series>()];
    return families
      .flatMap((family) => [...family.values()])
      .filter(({ labels }) => matchers.every((matcher) => matcher.matches(labels[matcher.label] ?? '')))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

/** How many samples are at or before a time. */
function countUpTo(samples: readonly Sample[], atMs: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

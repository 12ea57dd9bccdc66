import { InvalidInputError } from '../../core/errors.ts';

/** Which series: a different set of dimensions is a different metric. */
export interface MetricName {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** One measured value, as in PutMetricData. */
export interface MetricSample extends MetricName {
  readonly value: number;
  readonly atMs: number;
  /** `Percent`, `Milliseconds`, `Count`, …: kept by callers for themselves, without effect on alarms. */
  readonly unit?: string;
}

export type Statistic = 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount' | `p${number}`;

interface Series {
  readonly name: MetricName;
  readonly samples: Sample[];
}

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** CloudWatch keeps values of high resolution for three hours. */
const shortestKeptMs = 3 * 3_600_000;

/** The samples themselves, kept for as long as any alarm looks back. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  #keptMs = shortestKeptMs;

  keepAtLeast(ms: number): void {
    this.#keptMs = Math.max(this.#keptMs, ms);
  }

  /** @throws InvalidInputError where the value is no finite number, as PutMetricData refuses it. */
  record(sample: MetricSample): void {
    const { atMs, value } = sample;
    if (!Number.isFinite(value) || !Number.isFinite(atMs)) {
      throw new InvalidInputError(`${sample.namespace} ${sample.metricName} has the value ${value} at ${atMs}.`, {
        remedy: 'Record finite numbers only; leave out what could not be measured.',
      });
    }
    const key = keyOf(sample);
    const { namespace, metricName, dimensions = {} } = sample;
    const { name, samples: series } = this.#series.get(key) ?? { name: { namespace, metricName, dimensions }, samples: [] };
    this.#series.set(key, { name, samples: series });
    // Samples come almost in order: a late one is moved to its place from the end.
    let index = series.length;
    while (index > 0 && (series[index - 1]?.atMs ?? 0) > atMs) index -= 1;
    series.splice(index, 0, { atMs, value });
    this.#forget(series);
  }

  /** The statistic over [fromMs, toMs), or undefined where there is no sample: no data is never 0. */
  statistic(metric: MetricName, statistic: Statistic, fromMs: number, toMs: number): number | undefined {
    const series = this.#series.get(keyOf(metric))?.samples ?? [];
    const from = firstAtOrAfter(series, fromMs);
    const to = firstAtOrAfter(series, toMs);
    const values = series.slice(from, to).map((sample) => sample.value);
    return values.length === 0 ? undefined : summarise(values, statistic);
  }

  /** Every metric that was recorded. */
  names(): readonly MetricName[] {
    return [...this.#series.values()].map(({ name }) => name);
  }

  /** In strides of a thousand, so that recording stays cheap. */
  #forget(series: Sample[]): void {
    if (series.length % 1_000 !== 0) return;
    const newestMs = series.at(-1)?.atMs ?? 0;
    series.splice(0, firstAtOrAfter(series, newestMs - this.#keptMs));
  }
}

function keyOf({ namespace, metricName, dimensions = {} }: MetricName): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function firstAtOrAfter(series: readonly Sample[], atMs: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series[middle]?.atMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A percentile is the nearest rank: p90 of 1 to 10 is 9. CloudWatch estimates it within one percent of the value. */
function summarise(values: readonly number[], statistic: Statistic): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'SampleCount':
      return values.length;
    case 'Sum':
      return sum();
    case 'Average':
      return sum() / values.length;
    default: {
      const rank = statistic === 'Minimum' ? 0 : statistic === 'Maximum' ? 1 : Number(statistic.slice(1)) / 100;
      const sorted = values.toSorted((a, b) => a - b);
      return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? Number.NaN;
    }
  }
}

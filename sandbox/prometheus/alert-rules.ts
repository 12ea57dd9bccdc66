import { type Labels, labelsKey, labelsOf, metricName, withoutName } from './labels.ts';
import { formatScientific, formatValue } from './number-format.ts';
import { QueryError } from './promql/query-error.ts';
import type { Sample, Value } from './promql/value.ts';
import type { QueryEngine } from './query-engine.ts';
import type { SeriesStore } from './series-store.ts';
import { StaleTracker } from './stale-tracker.ts';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold before the alert fires. */
  readonly forSeconds?: number;
  readonly labels?: Labels;
  /** `{{ $value }}` and `{{ $labels.name }}` are filled in; no other templates. */
  readonly annotations?: Labels;
}

/** One alert as /api/v1/alerts gives it. */
export interface ActiveAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly value: string;
}

interface Active {
  readonly labels: Labels;
  readonly activeAtMs: number;
  readonly sample: Sample;
  readonly state: 'pending' | 'firing';
}

/** One alerting rule and the alerts that it has now: one for each series that its expression answers. */
export class RuleState {
  readonly rule: AlertRule;
  /** Why the last evaluation failed. */
  lastError: string | undefined;
  lastEvaluationMs: number | undefined;
  #active = new Map<string, Active>();
  readonly #engine: QueryEngine;
  readonly #series: StaleTracker;

  constructor(rule: AlertRule, engine: QueryEngine, store: SeriesStore) {
    this.rule = rule;
    this.#engine = engine;
    this.#series = new StaleTracker(store);
  }

  /** Evaluates once. An expression that fails leaves the alerts as they are, as in Prometheus. */
  evaluate(atMs: number): void {
    this.lastEvaluationMs = atMs;
    try {
      this.#update(samplesOf(this.#engine.instant(this.rule.expr, atMs).result), atMs);
      this.lastError = undefined;
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      this.lastError = error.message;
    }
  }

  alerts(): ActiveAlert[] {
    return [...this.#active.values()].map(({ labels, activeAtMs, sample, state }) => ({
      labels,
      annotations: Object.fromEntries(Object.entries(this.rule.annotations ?? {}).map(([name, text]) => [name, fillIn(text, sample)])),
      state,
      activeAt: new Date(activeAtMs).toISOString(),
      value: formatScientific(sample.value),
    }));
  }

  #update(samples: readonly Sample[], atMs: number): void {
    const before = this.#active;
    const forMs = (this.rule.forSeconds ?? 0) * 1000;
    this.#active = new Map(
      samples.map((sample) => {
        const filled = Object.entries(this.rule.labels ?? {}).map(([name, text]) => [name, fillIn(text, sample)]);
        const labels = labelsOf({ ...withoutName(sample.labels), ...Object.fromEntries(filled), alertname: this.rule.alert });
        const key = labelsKey(labels);
        const activeAtMs = before.get(key)?.activeAtMs ?? atMs;
        return [key, { labels, activeAtMs, sample, state: atMs - activeAtMs >= forMs ? 'firing' : 'pending' }];
      }),
    );
    const series = [...this.#active.values()].map(({ labels, state }) => ({
      labels: { ...labels, [metricName]: 'ALERTS', alertstate: state },
      value: 1,
    }));
    this.#series.write(series, atMs);
  }
}

function samplesOf(value: Value): readonly Sample[] {
  if (value.type === 'scalar') return [{ labels: {}, value: value.value }];
  return value.type === 'vector' ? value.samples : [];
}

function fillIn(text: string, { labels, value }: Sample): string {
  return text
    .replace(/\{\{\s*\$value\s*\}\}/g, () => formatValue(value))
    .replace(/\{\{\s*\$labels\.(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
}

import { type Labels, labelsKey, metricName, withoutLabels, withoutName } from '../labels.ts';
import { formatValue } from '../number-format.ts';
import { type Call, withoutParens } from './expression.ts';
import { bucketQuantile } from './histogram-quantile.ts';
import { labelReplace } from './label-replace.ts';
import { applyToRange } from './over-time.ts';
import { QueryError } from './query-error.ts';
import { type Sample, scalar, type Value, vector } from './value.ts';

export interface CallContext {
  readonly atMs: number;
  /** Adds to the warnings of the answer. */
  warn(message: string): void;
}

/**
 * Evaluates a call whose arguments are evaluated already and have the types of signatures.ts.
 *
 * @throws QueryError (execution) where the arguments have values that Prometheus refuses.
 */
export function callFunction(call: Call, args: readonly Value[], context: CallContext): Value {
  const ofRange = applyToRange(call.name, args[0]);
  if (ofRange !== undefined) return vector(ofRange);
  const mapped = mapValues(call.name, args);
  if (mapped !== undefined) return mapped;
  const samples = samplesOf(args[0]);
  switch (call.name) {
    case 'time':
      return scalar(context.atMs / 1000);
    case 'vector':
      return vector([{ labels: {}, value: numberOf(args[0]) }]);
    case 'scalar':
      return scalar(samples.length === 1 ? (samples[0]?.value ?? Number.NaN) : Number.NaN);
    case 'absent':
      return vector(samples.length > 0 ? [] : [{ labels: labelsForAbsent(call), value: 1 }]);
    case 'sort':
      return vector(samples.toSorted((a, b) => compareWithNanLast(a.value, b.value)));
    case 'sort_desc':
      return vector(
        samples.toSorted((a, b) => (Number.isNaN(a.value) || Number.isNaN(b.value) ? 1 : -1) * compareWithNanLast(a.value, b.value)),
      );
    case 'timestamp':
      return vector(timestamps(call, samples, context));
    case 'histogram_quantile':
      return vector(histogramQuantile(numberOf(args[0]), samplesOf(args[1]), context));
    case 'label_replace':
      return vector(labelReplace(samples, args.slice(1).map(stringOf)));
    default:
      throw new QueryError('execution', `unhandled function ${call.name}`);
  }
}

/** The functions that make one value of one value. They drop the name, as the result is another quantity. */
function mapValues(name: string, args: readonly Value[]): Value | undefined {
  const of = mapping(name, args.slice(1).map(numberOf));
  if (of === undefined) return undefined;
  if (of === 'nothing') return vector([]);
  return vector(samplesOf(args[0]).map(({ labels, value }) => ({ labels: withoutName(labels), value: of(value) })));
}

function mapping(name: string, [first = 1, second = 1]: readonly number[]): ((value: number) => number) | 'nothing' | undefined {
  switch (name) {
    case 'abs':
      return Math.abs;
    case 'ceil':
      return Math.ceil;
    case 'floor':
      return Math.floor;
    case 'clamp':
      return second < first ? 'nothing' : (value) => Math.max(first, Math.min(second, value));
    case 'clamp_min':
      return (value) => Math.max(first, value);
    case 'clamp_max':
      return (value) => Math.min(first, value);
    case 'round':
      // Ties go up. The inverse keeps round(x, 0.1) free of 0.30000000000000004.
      return (value) => Math.floor(value * (1 / first) + 0.5) / (1 / first);
    default:
      return undefined;
  }
}

function compareWithNanLast(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : Number(a > b);
}

/** The time of the sample itself for a plain selector, and of the evaluation for whatever is computed. */
function timestamps(call: Call, samples: readonly Sample[], { atMs }: CallContext): Sample[] {
  const [argument] = call.args;
  const isSelector = argument !== undefined && withoutParens(argument).kind === 'selector';
  return samples.map((sample) => ({
    labels: withoutName(sample.labels),
    value: (isSelector ? (sample.atMs ?? atMs) : atMs) / 1000,
  }));
}

/** What a selector asks for by equality, once per label, so that an alert on an absence says of whom. */
function labelsForAbsent(call: Call): Labels {
  const [argument] = call.args;
  const selector = argument?.kind === 'selector' ? argument : undefined;
  const labels: Record<string, string> = {};
  const seen = new Set([metricName]);
  for (const { label, op, value } of selector?.matchers ?? []) {
    if (op === '=' && !seen.has(label)) labels[label] = value;
    else delete labels[label];
    if (op === '=') seen.add(label);
  }
  return labels;
}

function histogramQuantile(quantile: number, samples: readonly Sample[], context: CallContext): Sample[] {
  if (!(quantile >= 0 && quantile <= 1)) {
    context.warn(`PromQL warning: quantile value should be between 0 and 1, got ${formatValue(quantile)}`);
  }
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: { upperBound: number; count: number }[] }>();
  for (const { labels, value } of samples) {
    const upperBound = boundOf(labels['le']);
    if (upperBound === undefined) {
      context.warn(`PromQL warning: bucket label "le" is missing or has a malformed value of ${JSON.stringify(labels['le'] ?? '')}`);
      continue;
    }
    const rest = withoutLabels(labels, [metricName, 'le']);
    // Two histograms that differ in their name alone stay apart until the name is dropped, and then clash.
    const key = labelsKey(withoutLabels(labels, ['le']));
    const histogram = histograms.get(key) ?? { labels: rest, buckets: [] };
    histogram.buckets.push({ upperBound, count: value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(quantile, buckets) }));
}

function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le === '') return undefined;
  const infinite = /^([+-]?)Inf$/i.exec(le);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const bound = Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}

function samplesOf(value: Value | undefined): readonly Sample[] {
  return value?.type === 'vector' ? value.samples : [];
}

function numberOf(value: Value | undefined): number {
  return value?.type === 'scalar' ? value.value : Number.NaN;
}

function stringOf(value: Value): string {
  return value.type === 'string' ? value.value : '';
}

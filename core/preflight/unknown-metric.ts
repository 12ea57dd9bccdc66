import { readMath } from '../analysis/metric-math.ts';
import { seriesOf } from '../analysis/series-of.ts';
import type { CloudWatchQuestion, CloudWatchSeries, ListedMetric } from '../metric-ports.ts';
import { closestWord } from '../spec/typo-hint.ts';
import type { Finding } from './finding.ts';

/** A metric whose names are looked up before a rollout begins. */
export interface LookedUpSeries {
  readonly series: CloudWatchSeries;
  /** Dimensions whose values are the same in every rollout: they can be known before there is a canary. */
  readonly fixed: Readonly<Record<string, string>>;
  /** That it was never written is no mistake: AWS documents it, or the expression goes on without it. */
  readonly mayBeSilent: boolean;
}

/** @param asks As it stands in the spec, its placeholders not filled in. */
export function lookedUpIn(asks: CloudWatchQuestion): LookedUpSeries[] {
  const isDocumented = asks.kind === 'share' || asks.kind === 'count' || (asks.kind === 'metric' && asks.isDocumented === true);
  const needed = asks.kind === 'expression' ? readMath(asks.expression).ids.filter(({ isFilled }) => !isFilled) : [];
  const distinct = new Map<string, LookedUpSeries>();
  for (const { series, id } of seriesOf(asks)) {
    const fixed = Object.fromEntries(Object.entries(series.dimensions).filter(([, value]) => !value.includes('{{')));
    const mayBeSilent = isDocumented || (id !== undefined && !needed.some((named) => named.id === id));
    distinct.set(JSON.stringify([series.namespace, isDocumented ? '' : series.metricName, series.dimensions]), {
      series,
      fixed,
      mayBeSilent,
    });
  }
  return [...distinct.values()];
}

/** Whether a metric is the one that is meant, as far as it can be known before there is a canary: CloudWatch finds none by a part of its dimensions. */
export function isMeant({ series, fixed }: LookedUpSeries, listed: ListedMetric): boolean {
  return (
    sameNames(series.dimensions, listed.dimensions) && Object.entries(fixed).every(([name, value]) => listed.dimensions[name] === value)
  );
}

function sameNames(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name));
}

const twoWeeks =
  'CloudWatch lists what was written to in the last two weeks; a metric that may be silent for longer is one to put into FILL, in an expression.';

const mostNamed = 5;

/** @param ofNamespace The names of other metrics of the namespace. */
export function unknownName({ series }: LookedUpSeries, ofNamespace: readonly string[]): Finding {
  const { namespace, metricName } = series;
  const known = [...new Set(ofNamespace)].toSorted();
  const closest = closestWord(metricName, known);
  const others = closest === undefined ? `; others of it are ${known.slice(0, mostNamed).join(', ')}.` : `; did you mean ${closest}?`;
  const message =
    known.length === 0
      ? `CloudWatch has no metrics of the namespace ${namespace} in this account and region.`
      : `CloudWatch has no metric ${metricName} of the namespace ${namespace}${others}`;
  return refusal(series, message, `Correct it under analysis.metrics in the spec. ${twoWeeks}`);
}

/** The dimensions of the metric are others; undefined where some of the listed have the same names, as far as values go. */
export function unknownDimensions({ series }: LookedUpSeries, listed: readonly ListedMetric[]): Finding | undefined {
  if (listed.some(({ dimensions }) => sameNames(series.dimensions, dimensions))) return undefined;
  const known = [...new Set(listed.map(({ dimensions }) => namesOf(dimensions)))].slice(0, 3);
  const message = `CloudWatch has ${series.metricName} of ${series.namespace} with ${known.join(', or with ')}, and not with ${namesOf(series.dimensions)}.`;
  return refusal(
    series,
    message,
    'Give all dimensions that the metric was written with, and no others: CloudWatch finds none by a part of them.',
  );
}

export function unknownValue({ series }: LookedUpSeries, name: string, value: string): Finding {
  const message = `No metric of ${series.namespace} has ${value} as its ${name}.`;
  return refusal(series, message, `Correct it under analysis.metrics in the spec. ${twoWeeks}`);
}

/** It may be right: a canary's own target group, say, is silent between rollouts. */
export function silentValue(looked: LookedUpSeries, name: string, value: string): Finding {
  return { ...unknownValue(looked, name, value), severity: 'warning' };
}

function refusal({ namespace, metricName }: CloudWatchSeries, message: string, remedy: string): Finding {
  return { severity: 'refusal', subject: `metric ${namespace} ${metricName}`, message, remedy };
}

function namesOf(dimensions: Readonly<Record<string, string>>): string {
  const names = Object.keys(dimensions).toSorted();
  return names.length === 0 ? 'no dimensions' : `the dimensions ${names.join(' and ')}`;
}

import { readMath } from '../analysis/metric-math.ts';
import { placeholders as ofQueries, unknownPlaceholders } from '../analysis/query-template.ts';
import { seriesOf } from '../analysis/series-of.ts';
import type { CloudWatchQuestion } from '../metric-ports.ts';
import { listWords, quote } from './diagnostic.ts';
import { formatDuration } from './duration.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isCloudWatch, type RolloutSpec } from './rollout-spec.ts';
import { didYouMean } from './typo-hint.ts';

type Path = UnplacedProblem['path'];
type Expression = Extract<CloudWatchQuestion, { readonly kind: 'expression' }>;

/** A period has no interval. */
const placeholders = ofQueries.filter((name) => name !== 'interval');

/** Refuses what CloudWatch could never answer, or not in time, before traffic moves (J7). */
export function checkCloudWatch({ analysis, policies }: RolloutSpec): UnplacedProblem[] {
  return analysis.metrics.flatMap((metric, index): UnplacedProblem[] => {
    if (!isCloudWatch(metric)) return [];
    const path = ['analysis', 'metrics', index];
    const { asks, role } = metric;
    const { holdSeconds } = role.noData ?? policies.noData;
    return [
      ...checkPlaceholders(asks, path),
      ...(asks.kind === 'expression' ? checkExpression(asks, [...path, 'cloudwatch']) : []),
      ...checkHold(asks.periodSeconds, { holdSeconds, intervalSeconds: analysis.intervalSeconds }, path),
    ];
  });
}

function checkPlaceholders(asks: CloudWatchQuestion, path: Path): UnplacedProblem[] {
  return seriesOf(asks).flatMap(({ series, id }) => {
    const at = [...path, 'cloudwatch', ...(id === undefined ? ['metric'] : ['metrics', id]), 'dimensions'];
    return Object.entries(series.dimensions).flatMap(([name, value]) => {
      const unknown = [...unknownPlaceholders(value), ...(/\{\{\s*interval\s*\}\}/.test(value) ? ['interval'] : [])];
      return unknown.map((found): UnplacedProblem => {
        const expected = `one of ${listWords(placeholders.map((known) => `{{${known}}}`))}`;
        return { code: 'placeholder', path: [...at, name], found: quote(`{{${found}}}`), expected, hint: didYouMean(found, placeholders) };
      });
    });
  });
}

/** Each answers what cannot be named and looked up beforehand, or takes in what other metrics of the same call ask. */
const refused: Readonly<Record<string, string>> = {
  METRICS: 'it takes in all that is asked in the same call, other metrics of the spec too: name the ids',
  SELECT: 'a call takes no more than one query of Metrics Insights, and Sluice asks for all metrics in one call: name the metrics',
};

function checkExpression({ expression, metrics }: Expression, path: Path): UnplacedProblem[] {
  const { ids, functions } = readMath(expression);
  const given = Object.keys(metrics);
  const math = [...path, 'expression'];
  const word = /^\s*SELECT\b/i.test(expression) ? 'SELECT' : functions.find((name) => Object.hasOwn(refused, name));
  if (word !== undefined) {
    return [{ code: 'rule', path: math, found: word, expected: 'metric math over the ids under metrics', hint: refused[word] }];
  }
  const unknown = ids.filter(({ id }, index) => !given.includes(id) && ids.findIndex((other) => other.id === id) === index);
  const unused = given.filter((id) => !ids.some((named) => named.id === id));
  const problems = [
    ...unknown.map(({ id, at }): UnplacedProblem => {
      const expected = given.length === 0 ? 'metrics, which give each id its metric' : `one of the ids under metrics: ${listWords(given)}`;
      return { code: 'rule', path: math, found: quote(id), expected, hint: didYouMean(id, given), at: { character: at } };
    }),
    ...unused.map((id): UnplacedProblem => {
      const hint = 'take it out, or name it in the expression: each metric that is asked for costs';
      return {
        code: 'rule',
        path: [...path, 'metrics', id],
        found: `${quote(id)}, which the expression does not name`,
        expected: 'ids of it',
        hint,
        at: 'key',
      };
    }),
  ];
  if (problems.length > 0 || functions.includes('SEARCH') || ids.some(({ isFilled }) => !isFilled)) return problems;
  const hint =
    'where FILL stands around every metric, no data looks like an answer; leave it away from the one that is never silent, such as requests';
  return [
    {
      code: 'rule',
      path: math,
      found: ids.length === 0 ? 'no metric' : 'only metrics within FILL',
      expected: 'a metric outside of FILL',
      hint,
    },
  ];
}

/**
 * A step is judged by periods that began in it. The first of them may begin a period after it, and is over a period later; a hold that is shorter
 * takes every canary away for want of data.
 */
function checkHold(
  periodSeconds: number,
  { holdSeconds, intervalSeconds }: { readonly holdSeconds: number; readonly intervalSeconds: number },
  path: Path,
): UnplacedProblem[] {
  const leastSeconds = 2 * periodSeconds + intervalSeconds;
  if (holdSeconds >= leastSeconds) return [];
  const found = `a period of ${formatDuration(periodSeconds)}, and ${formatDuration(holdSeconds)} as the hold where there is no data`;
  const expected = `a hold of at least ${formatDuration(leastSeconds)}, two periods and an interval`;
  const hint = 'lengthen policies.noData.hold, or noData.hold beside the metric, and add the minutes by which the metric is published late';
  return [{ code: 'rule', path, found, expected, hint }];
}

import { longestGapMs } from '../rollout/answer-look.ts';
import { formatDuration } from './duration.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isProportion, type RolloutSpec } from './rollout-spec.ts';
import { isOfConnections } from './router-spec.ts';

const mostProportions = 10;

/** Refuses successRate and latency where no mesh counts what they compare, and where they could not count it in time. */
export function checkProportions(spec: RolloutSpec): UnplacedProblem[] {
  const { analysis, router } = spec;
  const count = analysis.metrics.filter(isProportion).length;
  if (count > mostProportions) {
    const hint = 'what was counted for each is kept with the rollout, and asked for by four queries at each interval';
    const expected = `at most ${mostProportions} of successRate and latency`;
    return [{ code: 'outOfRange', path: ['analysis', 'metrics'], found: `${count}`, expected, hint, at: 'key' }];
  }
  const why = whyUncounted({ analysis, router });
  if (why === undefined) return [...checkInterval(spec), ...checkHolds(spec)];
  return analysis.metrics.flatMap((metric, index): UnplacedProblem[] => {
    if (!isProportion(metric)) return [];
    const found = metric.bad.kind === 'failed' ? 'successRate' : 'latency';
    return [{ code: 'rule', path: ['analysis', 'metrics', index], found, ...why }];
  });
}

/** A look takes some seconds, and a minute is to spare: each count lies between two looks that may not be too far apart. */
const longestIntervalSeconds = longestGapMs / 1000 - 60;

function checkInterval({ analysis: { intervalSeconds, metrics } }: RolloutSpec): UnplacedProblem[] {
  if (intervalSeconds <= longestIntervalSeconds || !metrics.some(isProportion)) return [];
  const expected = `at most ${formatDuration(longestIntervalSeconds)} beside successRate and latency`;
  const hint = `a count of answers that nobody went on with for ${formatDuration(longestGapMs / 1000)} begins anew, so that it would never have any`;
  return [{ code: 'outOfRange', path: ['analysis', 'interval'], found: formatDuration(intervalSeconds), expected, hint }];
}

/** Where intervals are longer, traffic and scrapes decide whether it is enough. */
const leastHoldSeconds = 60;

/** At the first look of a step nothing was scraped yet, at the second the count begins, and the third has answers: a shorter hold is over by then. */
function checkHolds({ analysis: { intervalSeconds, metrics }, policies }: RolloutSpec): UnplacedProblem[] {
  const leastSeconds = Math.min(2 * intervalSeconds, leastHoldSeconds);
  return metrics.flatMap((metric, index): UnplacedProblem[] => {
    const { noData, dryRun } = metric.role;
    const { holdSeconds } = noData ?? policies.noData;
    if (!isProportion(metric) || dryRun || holdSeconds >= leastSeconds) return [];
    const path = ['analysis', 'metrics', index, ...(noData === undefined ? [] : ['noData'])];
    const found = `${formatDuration(holdSeconds)} as the hold where there is no data`;
    const expected = `a hold of at least ${formatDuration(leastSeconds)}`;
    const hint =
      'each step begins without data, until all counters have been scraped and two looks lie between: lengthen policies.noData.hold, or noData.hold beside the metric';
    return [{ code: 'rule', path, found, expected, hint }];
  });
}

function whyUncounted({ analysis, router }: Pick<RolloutSpec, 'analysis' | 'router'>): { expected: string; hint: string } | undefined {
  if (router.routes.every(isOfConnections)) {
    const hint = 'a mesh sees no answers in tcp and tls routes: ask by a query for what the workload itself counts';
    return { expected: 'a query', hint };
  }
  if (typeof analysis.telemetry === 'object') {
    const hint = 'they count by the usual series of the mesh, and analysis.telemetry says that others tell: ask those by a query';
    return { expected: 'a query', hint };
  }
  return undefined;
}

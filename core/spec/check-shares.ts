import { quote } from './diagnostic.ts';
import { isFailedShare } from './load-balancer-spec.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isCloudWatch, isProportion, type MetricSpec, type RolloutSpec } from './rollout-spec.ts';

type Path = UnplacedProblem['path'];

/** What fails nobody even where half of all answers are bad stands the wrong way round: good answers for bad ones. */
const half = 0.5;

/** Refuses shares that could never fail a canary: those of good answers where bad ones are meant, or the other way round, and percentages where a share is. */
export function checkShares({ analysis: { metrics, budget } }: RolloutSpec): UnplacedProblem[] {
  const ofBudget =
    budget !== undefined && 'objective' in budget ? checkObjective(budget.objective, ['analysis', 'budget', 'objective']) : [];
  return [...ofBudget, ...metrics.flatMap((metric, index) => checkMetric(metric, ['analysis', 'metrics', index]))];
}

function checkMetric(metric: MetricSpec, path: Path): UnplacedProblem[] {
  if (isCloudWatch(metric) && isFailedShare(metric.asks)) return checkFailedShare(metric, path);
  if (!isProportion(metric)) return [];
  const { bad, margin, allowedAlone } = metric;
  const [kind, at] = bad.kind === 'slow' ? ['latency', ['share']] : ['successRate', ['margin', 'excess']];
  const ofObjective = allowedAlone === undefined ? [] : checkObjective(1 - allowedAlone, [...path, kind, 'objective']);
  if (margin.excess < half) return ofObjective;
  const expected = `less than ${percent(half)}: by so much more than stable's its bad answers may be`;
  return [...ofObjective, wrongWayRound([...path, kind, ...at], margin.excess, expected)];
}

function checkObjective(objective: number, path: Path): UnplacedProblem[] {
  return objective >= half ? [] : [wrongWayRound(path, objective, `at least ${percent(half)}, a share of good answers`)];
}

function wrongWayRound(path: Path, share: number, expected: string): UnplacedProblem {
  const meant = share >= 1 ? '' : `: did you mean \`${percent(1 - share)}\`?`;
  return { code: 'outOfRange', path, found: percent(share), expected, hint: `it would fail nothing${meant}` };
}

/** What a load balancer counts as failed is judged from 0 to 1. */
function checkFailedShare({ min, max }: Pick<Extract<MetricSpec, { asks: unknown }>, 'min' | 'max'>, path: Path): UnplacedProblem[] {
  const problems: UnplacedProblem[] = [];
  if (max !== undefined && max >= 1) {
    const hint = `it would fail nothing${max < 100 ? `: did you mean ${plain(max / 100)}, which is ${max} %?` : ''}`;
    problems.push({ code: 'outOfRange', path: [...path, 'max'], found: String(max), expected: 'a share of failed requests below 1', hint });
  }
  if (min !== undefined) {
    const hint = `what is bad counts, so less of it fails nobody${min > 0 && min < 1 ? `: did you mean \`max: ${plain(1 - min)}\`?` : ''}`;
    problems.push({
      code: 'rule',
      path: [...path, 'min'],
      found: quote(`min: ${min}`),
      expected: 'max, for a share of failed requests',
      hint,
    });
  }
  return problems;
}

/** @example percent(0.995) // '99.5%' */
function percent(share: number): string {
  return `${plain(share * 100)}%`;
}

/** Without the dust of binary fractions. */
function plain(value: number): number {
  return Number(value.toPrecision(10));
}

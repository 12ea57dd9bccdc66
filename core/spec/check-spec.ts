import { expectedHistoryEvents, historyLimit, intervalsThatFit } from '../plan/history.ts';
import { type Plan, planRollout } from '../plan/plan.ts';
import { checkCloudWatch } from './check-cloudwatch.ts';
import { checkNames } from './check-names.ts';
import { checkPace } from './check-pace.ts';
import { checkPrometheus } from './check-prometheus.ts';
import { checkProportions } from './check-proportions.ts';
import { checkQueries } from './check-queries.ts';
import { checkReadyMade } from './check-ready-made.ts';
import { checkBeginnings, checkRoles } from './check-roles.ts';
import { checkRouter } from './check-router.ts';
import { checkSamples } from './check-samples.ts';
import { checkShares } from './check-shares.ts';
import { quote } from './diagnostic.ts';
import { formatDuration } from './duration.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isProportion, type RolloutSpec } from './rollout-spec.ts';

/** What a spec must hold beyond its shape: rules that join several fields, or a field and the file. Empty: the spec is good. */
export function checkSpec(spec: RolloutSpec, file: string): UnplacedProblem[] {
  const weights = Array.isArray(spec.steps) ? checkWeights(spec.steps, spec.router.totalWeight) : checkCurve(spec);
  // A plan is only as good as its weights: what is derived from it is checked once they hold.
  const plan = weights.length === 0 ? planRollout(spec) : undefined;
  return [
    ...checkFileName(spec.name, file),
    ...checkNames(spec),
    ...checkRouter(spec),
    ...weights,
    ...checkBakes(spec),
    ...checkPauses(spec),
    ...checkPrometheus(spec.analysis),
    ...checkQueries(spec.analysis),
    ...checkProportions(spec),
    ...checkShares(spec),
    ...checkReadyMade(spec),
    ...checkCloudWatch(spec),
    ...checkRoles(spec),
    ...checkPace(spec),
    ...(plan === undefined
      ? []
      : [...checkBeginnings(spec, plan), ...checkSamples(spec, plan), ...checkDeadline(plan, spec), ...checkHistory(plan, spec)]),
  ];
}

function checkFileName(name: string, file: string): UnplacedProblem[] {
  const base = /([^/\\]+)\.ya?ml$/.exec(file)?.[1];
  if (base === undefined || base === name) return [];
  const hint = `rename the file to ${name}.yaml, or the rollout to ${base}`;
  return [{ code: 'fileName', path: ['name'], found: quote(name), expected: `the name of the file, ${quote(base)}`, hint }];
}

interface Step {
  readonly weight: number;
  readonly mirrorWeight?: number;
}

function checkWeights(steps: readonly Step[], totalWeight: number): UnplacedProblem[] {
  const problems = steps.flatMap((step, index) =>
    checkWeight(step, index, Math.max(0, ...steps.slice(0, index).map(weightOf)), totalWeight),
  );
  const last = steps.at(-1);
  if (last === undefined || problems.length > 0 || last.weight === totalWeight) return problems;
  const hint = `add a last step of weight ${totalWeight}: the canary is judged at full weight while the old version is still warm`;
  const mirrors = last.mirrorWeight !== undefined;
  const found = mirrors ? 'a mirror as the last step' : `${last.weight} as the last weight`;
  const path = ['steps', steps.length - 1, mirrors ? 'mirror' : 'weight'];
  return [{ code: 'fullWeight', path, found, expected: `${totalWeight}, the total`, hint }];
}

/** @param before the highest weight of the steps before. */
function checkWeight({ weight, mirrorWeight }: Step, index: number, before: number, totalWeight: number): UnplacedProblem[] {
  if (mirrorWeight === undefined) {
    const path = ['steps', index, 'weight'];
    if (weight > totalWeight) return [aboveTotal(path, weight, totalWeight)];
    if (weight > before) return [];
    return [{ code: 'weightOrder', path, found: String(weight), expected: `more than ${before}, the step before` }];
  }
  const path = ['steps', index, 'mirror'];
  if (mirrorWeight > totalWeight) return [aboveTotal(path, mirrorWeight, totalWeight)];
  if (before === 0) return [];
  const hint = 'requests are mirrored before the canary answers any: move this step to the beginning';
  return [{ code: 'weightOrder', path, found: `a mirror after weight ${before}`, expected: 'mirrors before the first weight', hint }];
}

function weightOf({ weight }: Step): number {
  return weight;
}

function checkCurve({ steps, router: { totalWeight } }: RolloutSpec): UnplacedProblem[] {
  if ('linear' in steps && steps.linear.by > totalWeight) return [aboveTotal(['steps', 'linear', 'by'], steps.linear.by, totalWeight)];
  if ('exponential' in steps && steps.exponential.from > totalWeight) {
    return [aboveTotal(['steps', 'exponential', 'from'], steps.exponential.from, totalWeight)];
  }
  return [];
}

function aboveTotal(path: UnplacedProblem['path'], weight: number, totalWeight: number): UnplacedProblem {
  const hint = 'weights are integers of router.totalWeight, which is 100 where it is left out';
  return { code: 'weightAboveTotal', path, found: String(weight), expected: `at most ${totalWeight}, the total`, hint };
}

function checkBakes({ steps, analysis: { intervalSeconds } }: RolloutSpec): UnplacedProblem[] {
  return bakesOf(steps).flatMap(({ path, bakeSeconds }): UnplacedProblem[] => {
    if (bakeSeconds >= intervalSeconds) return [];
    const interval = formatDuration(intervalSeconds);
    const hint = 'within a shorter bake nothing is measured: lengthen the bake, or shorten analysis.interval';
    return [{ code: 'bakeTooShort', path, found: formatDuration(bakeSeconds), expected: `at least ${interval}, the interval`, hint }];
  });
}

/** A pause of no time is over before anybody can answer: what it says of its deadline would be done in each rollout. */
function checkPauses({ steps }: RolloutSpec): UnplacedProblem[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap(({ pause }, index): UnplacedProblem[] => {
    if (pause === undefined || pause.forSeconds > 0) return [];
    const hint =
      pause.onDeadline === 'abort' ? 'nobody could answer in time, and every rollout would be rolled back' : 'leave out the pause';
    return [{ code: 'outOfRange', path: ['steps', index, 'pause', 'for'], found: formatDuration(0), expected: 'a time above 0', hint }];
  });
}

function bakesOf(steps: RolloutSpec['steps']): { readonly path: UnplacedProblem['path']; readonly bakeSeconds: number }[] {
  if ('linear' in steps) return [{ path: ['steps', 'linear', 'every'], bakeSeconds: steps.linear.bakeSeconds }];
  if ('exponential' in steps) return [{ path: ['steps', 'exponential', 'every'], bakeSeconds: steps.exponential.bakeSeconds }];
  return steps.map(({ bakeSeconds }, index) => ({ path: ['steps', index, 'bake'], bakeSeconds }));
}

function checkDeadline({ longestSeconds, warmUpSeconds, deadlineSeconds }: Plan, { analysis }: RolloutSpec): UnplacedProblem[] {
  if (longestSeconds <= deadlineSeconds) return [];
  const bakes = analysis.metrics.some(isProportion) ? 'all bakes twice (each may be in doubt)' : 'all bakes';
  return [
    {
      code: 'deadlineTooShort',
      path: ['deadlines', 'rollout'],
      found: formatDuration(deadlineSeconds),
      expected: `at least ${formatDuration(longestSeconds)}, ${warmUpSeconds === undefined ? '' : 'the warm-up, '}${bakes} and pauses together`,
      hint: 'lengthen the deadline (at most 30d), or shorten the steps',
    },
  ];
}

function checkHistory(plan: Plan, { policies }: RolloutSpec): UnplacedProblem[] {
  const events = expectedHistoryEvents(plan, policies);
  if (events <= historyLimit) return [];
  const { atMostSeconds, atLeastSeconds } = intervalsThatFit(plan, policies);
  const intervals = [
    ...(atLeastSeconds === undefined ? [] : [`at least ${formatDuration(atLeastSeconds)}`]),
    ...(atMostSeconds === undefined ? [] : [`at most ${formatDuration(atMostSeconds)}, which is watched inside one Lambda`]),
  ];
  const found = `a plan of up to ${events} history events`;
  const expected = `at most ${historyLimit}: Step Functions ends an execution at 25000`;
  return intervals.length === 0
    ? [{ code: 'historyTooLong', path: ['steps'], found, expected, hint: 'plan fewer steps, or shorter bakes and pauses', at: 'key' }]
    : [
        {
          code: 'historyTooLong',
          path: ['analysis', 'interval'],
          found,
          expected,
          hint: `set an interval of ${intervals.join(', or of ')}`,
        },
      ];
}

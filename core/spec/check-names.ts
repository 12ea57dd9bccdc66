import { canaryVerdict } from '../analysis/judge-canary.ts';
import { quote } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';
import { matchesTag } from './tag-match.ts';

/** An image's tag has at most 128 characters, and a pattern seldom more. */
const longestTagPattern = 256;
const mostTagPatterns = 50;

/**
 * Refuses names that what comes later could not take. Metrics, rules of routes, and alarms in a recording are remembered by their names as keys of an object:
 * of one that is called `__proto__` nothing would be remembered.
 */
export function checkNames({ image, router, analysis }: RolloutSpec): UnplacedProblem[] {
  const named = [
    ...analysis.metrics.map(({ name }, index) => ({ name, path: ['analysis', 'metrics', index, 'name'] })),
    ...analysis.alarms.map((name, index) => ({ name, path: ['analysis', 'alarms', index] })),
    ...analysis.alerts.map((name, index) => ({ name, path: ['analysis', 'alerts', index] })),
    ...router.routes.flatMap((route, index) => [
      ...('http' in route ? [{ name: route.http, path: ['router', 'routes', index, 'http'] }] : []),
      ...('rule' in route ? [{ name: route.rule, path: ['router', 'routes', index, 'rule'] }] : []),
    ]),
  ];
  const unkept = named.filter(({ name }) => name === '__proto__');
  return [
    ...unkept.map(({ path }): UnplacedProblem => ({ code: 'rule', path, found: quote('__proto__'), expected: 'another name' })),
    ...checkVerdictNames(analysis),
    ...checkTagPatterns(image.tags),
  ];
}

/**
 * Refuses a metric that is called as the pods of the canary are in verdicts, or as an alarm or alert is: its fail would be taken for theirs, and their
 * silence would be held as its role says.
 */
function checkVerdictNames({ metrics, alarms, alerts }: RolloutSpec['analysis']): UnplacedProblem[] {
  const taken = new Map([
    ...alerts.map((name) => [name, 'an alert']),
    ...alarms.map((name) => [name, 'an alarm']),
    [canaryVerdict, "the canary's pods"],
  ] as [string, string][]);
  return metrics.flatMap(({ name }, index): UnplacedProblem[] => {
    const owner = taken.get(name);
    if (owner === undefined) return [];
    const path = ['analysis', 'metrics', index, 'name'];
    const hint = 'verdicts, holds and notifications tell them apart by their names alone';
    return [{ code: 'rule', path, found: quote(name), expected: `another name than that of ${owner}`, hint }];
  });
}

/** A pattern that could not be used would fail every push to the repository. */
function checkTagPatterns(tags: readonly string[]): UnplacedProblem[] {
  if (tags.length > mostTagPatterns) {
    const expected = `at most ${mostTagPatterns} entries`;
    return [{ code: 'outOfRange', path: ['image', 'tags'], found: `${tags.length} entries`, expected, at: 'key' }];
  }
  return tags.flatMap((tag, index): UnplacedProblem[] => {
    const path = ['image', 'tags', index];
    if (tag.length > longestTagPattern) {
      return [{ code: 'outOfRange', path, found: `${tag.length} characters`, expected: `at most ${longestTagPattern} characters` }];
    }
    return isUsable(tag) ? [] : [{ code: 'wrongFormat', path, found: quote(tag), expected: 'a glob pattern such as v* or main-*' }];
  });
}

function isUsable(pattern: string): boolean {
  try {
    matchesTag('v1', [pattern]);
    return true;
  } catch {
    return false;
  }
}

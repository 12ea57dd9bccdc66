import { checkQuery } from '../analysis/check-query.ts';
import { fillQuery, placeholders, unknownPlaceholders } from '../analysis/query-template.ts';
import { listWords, quote } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isMannWhitney, isQuery, type RolloutSpec } from './rollout-spec.ts';
import { didYouMean } from './typo-hint.ts';

/** Of a query that is far from PromQL, each of its characters costs the grammar a tenth of a millisecond. */
const longestQuery = 4_000;

/** Each is as long as its placeholder once it is filled in, so that a position in the filled query is one in the file. */
const sample = {
  canary: 'c'.repeat('{{canary}}'.length),
  stable: 's'.repeat('{{stable}}'.length),
  canaryWorkload: 'c'.repeat('{{canaryWorkload}}'.length),
  stableWorkload: 's'.repeat('{{stableWorkload}}'.length),
  namespace: 'n'.repeat('{{namespace}}'.length),
  intervalSeconds: 10 ** ('{{interval}}'.length - '1s'.length),
};

/** Refuses queries that could never be answered, before traffic moves (J7): unknown placeholders, and what is not PromQL. */
export function checkQueries({ metrics }: RolloutSpec['analysis']): UnplacedProblem[] {
  return metrics.flatMap((metric, index): UnplacedProblem[] => {
    const at = ['analysis', 'metrics', index];
    if (isQuery(metric)) return checkOne(metric.query, [...at, 'query']);
    if (!isMannWhitney(metric)) return [];
    const { canary, baseline } = metric.mannWhitney;
    return [...checkOne(canary, [...at, 'mannWhitney', 'canary']), ...checkOne(baseline, [...at, 'mannWhitney', 'baseline'])];
  });
}

function checkOne(query: string, path: UnplacedProblem['path']): UnplacedProblem[] {
  if (query.length > longestQuery) {
    const hint = 'let a recording rule of Prometheus answer the longer part';
    return [{ code: 'outOfRange', path, found: `${query.length} characters`, expected: `at most ${longestQuery} characters`, hint }];
  }
  const unknown = unknownPlaceholders(query);
  if (unknown.length > 0) {
    const expected = `one of ${listWords(placeholders.map((name) => `{{${name}}}`))}`;
    return unknown.map((name) => ({
      code: 'placeholder',
      path,
      found: quote(`{{${name}}}`),
      expected,
      hint: didYouMean(name, placeholders),
      at: { character: Math.max(0, query.indexOf(`{{${name}`)) },
    }));
  }
  const checked = checkQuery(fillQuery(query, sample));
  if (checked.ok) return [];
  const { position, message } = checked;
  const rest = query.slice(position).trim();
  const found = rest === '' ? 'the end of the query' : quote(rest.split('\n', 1)[0] ?? rest);
  return [{ code: 'promql', path, found, expected: 'PromQL', hint: message, at: { character: position } }];
}

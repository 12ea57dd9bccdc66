import type * as z from 'zod/mini';
import { closestWord } from './typo-hint.ts';

type Issue = z.core.$ZodIssue;

const wrongKind = 1_000;
const wrongShape = 20;
const mistypedShape = 5;

/**
 * The alternative of a union that somebody most likely meant to write: the one whose complaints are deepest and fewest. Steps that
 * are a list are judged as a list, `{linear: …}` as linear steps. Undefined where the value is of another kind than all of them.
 */
export function bestBranch(branches: readonly (readonly Issue[])[], keys: readonly string[]): readonly Issue[] | undefined {
  let best: { readonly branch: readonly Issue[]; readonly score: number } | undefined;
  for (const branch of branches) {
    const score = misfit(branch, keys);
    if (score < wrongKind && (best === undefined || score < best.score)) best = { branch, score };
  }
  return best?.branch;
}

function misfit(branch: readonly Issue[], keys: readonly string[]): number {
  const missing = new Set(branch.filter((issue) => issue.code === 'invalid_type' && issue.path.length === 1).map((issue) => issue.path[0]));
  let score = 0;
  for (const issue of branch) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
      const meant = issue.keys.map((key) => closestWord(key, keys));
      score += meant.some((word) => missing.has(word)) ? mistypedShape : wrongShape;
    } else if (issue.path.length === 0 && issue.code === 'invalid_type') score += wrongKind;
    else score += 1;
  }
  return score;
}

import { labelsKey, withoutName } from '../labels.ts';
import { calculate, compare } from './arithmetic.ts';
import { type Binary, isComparison, isSetOperator, type SetOperator } from './expression.ts';
import { matchLabels, pairUp } from './matching.ts';
import { type Sample, scalar, type Value, vector } from './value.ts';

/**
 * Applies an operator to two sides that are evaluated already. A comparison keeps the samples of the vector (the left one of
 * two) for which it holds, unless `bool` asks for 1 and 0.
 *
 * @throws QueryError (execution) where vectors do not match up.
 */
export function applyBinary(binary: Binary, left: Value, right: Value): Value {
  if (left.type === 'vector' && right.type === 'vector') return vector(applyToVectors(binary, left.samples, right.samples));
  if (left.type === 'vector' && right.type === 'scalar') return vector(applyToEach(binary, left.samples, right.value, false));
  if (left.type === 'scalar' && right.type === 'vector') return vector(applyToEach(binary, right.samples, left.value, true));
  return scalar(left.type === 'scalar' && right.type === 'scalar' ? (applyOnce(binary, left.value, right.value) ?? 0) : Number.NaN);
}

/** The result for two numbers; undefined where a comparison does not hold and its sample is dropped. */
function applyOnce({ op, bool }: Binary, left: number, right: number): number | undefined {
  if (isSetOperator(op)) return undefined;
  if (!isComparison(op)) return calculate(op, left, right);
  const holds = compare(op, left, right);
  if (bool) return Number(holds);
  return holds ? left : undefined;
}

function applyToEach(binary: Binary, samples: readonly Sample[], number: number, isSwapped: boolean): Sample[] {
  const filters = isComparison(binary.op) && !binary.bool;
  return samples.flatMap((sample) => {
    const value = isSwapped ? applyOnce(binary, number, sample.value) : applyOnce(binary, sample.value, number);
    if (value === undefined) return [];
    return [filters ? { labels: sample.labels, value: sample.value } : { labels: withoutName(sample.labels), value }];
  });
}

function applyToVectors(binary: Binary, left: readonly Sample[], right: readonly Sample[]): Sample[] {
  const { op, matching } = binary;
  if (isSetOperator(op)) return applySet(op, binary, left, right);
  const filters = isComparison(op) && !binary.bool;
  return pairUp(matching, left, right, !filters).flatMap((pair) => {
    const value = applyOnce(binary, pair.left.value, pair.right.value);
    return value === undefined ? [] : [{ labels: pair.labels, value }];
  });
}

function applySet(op: SetOperator, { matching }: Binary, left: readonly Sample[], right: readonly Sample[]): Sample[] {
  const keyOf = ({ labels }: Sample) => labelsKey(matchLabels(matching, labels));
  if (op === 'or') {
    const onLeft = new Set(left.map(keyOf));
    return [...left, ...right.filter((sample) => !onLeft.has(keyOf(sample)))];
  }
  const onRight = new Set(right.map(keyOf));
  return left.filter((sample) => onRight.has(keyOf(sample)) === (op === 'and'));
}

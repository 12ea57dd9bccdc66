import { labelsKey, withoutName } from '../labels.ts';
import type { SeriesStore } from '../series-store.ts';
import { aggregate } from './aggregate.ts';
import { applyBinary } from './binary.ts';
import type { Expression, Selector, Unary } from './expression.ts';
import { type CallContext, callFunction } from './functions.ts';
import { QueryError } from './query-error.ts';
import { scalar, type Value, vector } from './value.ts';

export interface EvaluationContext extends CallContext {
  readonly store: SeriesStore;
  /** How far back an instant selector looks for a sample. */
  readonly lookbackMs: number;
}

/**
 * Evaluates a parsed query at one time.
 *
 * @throws QueryError (execution) for what Prometheus finds out only while it runs, such as vectors that do not match up.
 */
export function evaluate(expression: Expression, context: EvaluationContext): Value {
  switch (expression.kind) {
    case 'number':
      return scalar(expression.value);
    case 'string':
      return { type: 'string', value: expression.value };
    case 'paren':
      return evaluate(expression.of, context);
    case 'selector':
      return select(expression, context);
    case 'unary':
      return applySign(expression, evaluate(expression.of, context));
    case 'binary':
      return refuseDuplicates(applyBinary(expression, evaluate(expression.left, context), evaluate(expression.right, context)));
    case 'call': {
      const args = expression.args.map((argument) => evaluate(argument, context));
      return refuseDuplicates(callFunction(expression, args, context));
    }
    case 'aggregate': {
      const of = evaluate(expression.of, context);
      const parameter = expression.parameter === undefined ? undefined : evaluate(expression.parameter, context);
      const number = parameter?.type === 'scalar' ? parameter.value : undefined;
      return vector(aggregate(expression, of.type === 'vector' ? of.samples : [], number, context));
    }
  }
}

function select(selector: Selector, { store, atMs, lookbackMs }: EvaluationContext): Value {
  const toMs = atMs - selector.offsetMs;
  if (selector.rangeMs !== undefined) {
    const fromMs = toMs - selector.rangeMs;
    return { type: 'matrix', series: store.range(selector.matchers, fromMs, toMs), fromMs, toMs };
  }
  const latest = store.latest(selector.matchers, toMs, lookbackMs);
  return vector(latest.map(({ labels, point }) => ({ labels, value: point.value, atMs: point.atMs })));
}

function applySign({ op }: Unary, value: Value): Value {
  if (op === '+') return value;
  if (value.type === 'scalar') return scalar(-value.value);
  if (value.type !== 'vector') return value;
  return refuseDuplicates(vector(value.samples.map((sample) => ({ labels: withoutName(sample.labels), value: -sample.value }))));
}

/** Series that differed in their name alone are one and the same once it is dropped. */
function refuseDuplicates(value: Value): Value {
  if (value.type !== 'vector') return value;
  const keys = new Set(value.samples.map(({ labels }) => labelsKey(labels)));
  if (keys.size < value.samples.length) throw new QueryError('execution', 'vector cannot contain metrics with the same labelset');
  return value;
}

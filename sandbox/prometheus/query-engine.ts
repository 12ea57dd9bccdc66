import { typeOf } from './promql/check-types.ts';
import { type EvaluationContext, evaluate } from './promql/evaluate.ts';
import { evaluateRange, type Steps } from './promql/evaluate-range.ts';
import { parse } from './promql/parse.ts';
import { QueryError } from './promql/query-error.ts';
import { type RangeSeries, typeNames, type Value } from './promql/value.ts';
import type { SeriesStore } from './series-store.ts';

export interface Answer<T> {
  readonly result: T;
  readonly warnings: readonly string[];
}

/** Runs queries against the store. */
export class QueryEngine {
  readonly #store: SeriesStore;
  readonly #lookbackMs: number;

  constructor(store: SeriesStore, options: { readonly lookbackMs: number }) {
    this.#store = store;
    this.#lookbackMs = options.lookbackMs;
  }

  /** @throws QueryError */
  instant(query: string, atMs: number): Answer<Value> {
    const { context, warnings } = this.#begin(atMs);
    return { result: evaluate(parse(query), context), warnings };
  }

  /** @throws QueryError */
  range(query: string, steps: Steps): Answer<RangeSeries[]> {
    const expression = parse(query);
    const type = typeOf(expression);
    if (type !== 'scalar' && type !== 'vector') {
      throw new QueryError('bad_data', `invalid expression type "${typeNames[type]}" for range query, must be Scalar or instant Vector`);
    }
    const { context, warnings } = this.#begin(steps.startMs);
    return { result: evaluateRange(expression, steps, context), warnings };
  }

  #begin(atMs: number): { context: EvaluationContext; warnings: string[] } {
    const warnings: string[] = [];
    const warn = (message: string) => {
      if (!warnings.includes(message)) warnings.push(message);
    };
    return { context: { store: this.#store, lookbackMs: this.#lookbackMs, atMs, warn }, warnings };
  }
}

import { formatValue } from './number-format.ts';
import type { RangeSeries, Value } from './promql/value.ts';

/** One HTTP answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

export type ErrorType = 'bad_data' | 'execution' | 'timeout' | 'internal' | 'not_found';

const statuses: Readonly<Record<ErrorType, number>> = { bad_data: 400, execution: 422, timeout: 503, internal: 500, not_found: 404 };

export function text(status: number, body: string): ApiAnswer {
  return { status, body, contentType: 'text/plain; charset=utf-8' };
}

export function success(data: unknown, warnings: readonly string[] = []): ApiAnswer {
  const body = JSON.stringify({ status: 'success', data, ...(warnings.length === 0 ? {} : { warnings }) });
  return { status: 200, body, contentType: 'application/json' };
}

export function failure(errorType: ErrorType, error: string): ApiAnswer {
  return { status: statuses[errorType], body: JSON.stringify({ status: 'error', errorType, error }), contentType: 'application/json' };
}

/** The data of an instant query: a vector's samples carry the time of the evaluation, a range's their own. */
export function instantData(value: Value, atMs: number): unknown {
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', result: [atMs / 1000, formatValue(value.value)] };
    case 'string':
      return { resultType: 'string', result: [atMs / 1000, value.value] };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.samples.map((sample) => ({ metric: sample.labels, value: [atMs / 1000, formatValue(sample.value)] })),
      };
    case 'matrix':
      return matrixData(value.series);
  }
}

export function matrixData(series: readonly RangeSeries[]): unknown {
  return {
    resultType: 'matrix',
    result: series.map(({ labels, points }) => ({
      metric: labels,
      values: points.map(({ atMs, value }) => [atMs / 1000, formatValue(value)]),
    })),
  };
}

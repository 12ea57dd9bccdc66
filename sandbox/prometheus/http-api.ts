import type { SandboxClock } from '../clock.ts';
import type { RuleState } from './alert-rules.ts';
import { type ApiAnswer, failure, instantData, matrixData, success, text } from './api-answer.ts';
import type { Faults } from './faults.ts';
import { parseDurationMs } from './promql/literals.ts';
import { QueryError } from './promql/query-error.ts';
import type { QueryEngine } from './query-engine.ts';
import { rulesData } from './rules-data.ts';

export interface HttpApiOptions {
  readonly clock: SandboxClock;
  readonly engine: QueryEngine;
  readonly rules: readonly RuleState[];
  readonly evaluationIntervalMs: number;
  readonly faults: Faults;
}

/** Answers one request as Prometheus's HTTP API does; `parameters` are those of the address and of the form together. */
export async function answerApi(options: HttpApiOptions, method: string, path: string, parameters: URLSearchParams): Promise<ApiAnswer> {
  const { clock, engine, faults, rules } = options;
  const timeoutMs = durationOf(parameters.get('timeout'));
  const isLate = faults.slowMs > 0 && timeoutMs !== undefined && timeoutMs < faults.slowMs;
  if (faults.slowMs > 0) await clock.sleepWithin(isLate ? timeoutMs : faults.slowMs);
  const broken = isLate ? failure('timeout', 'query timed out in expression evaluation') : brokenAnswer(faults.status);
  if (broken !== undefined) return broken;
  switch (`${method === 'HEAD' ? 'GET' : method} ${path}`) {
    case 'GET /-/ready':
      return text(200, 'Prometheus Server is Ready.\n');
    case 'GET /-/healthy':
      return text(200, 'Prometheus Server is Healthy.\n');
    case 'GET /api/v1/query':
    case 'POST /api/v1/query':
      return orError(() => answerInstant(engine, parameters, Math.round(clock.now()), faults.warnings));
    case 'GET /api/v1/query_range':
    case 'POST /api/v1/query_range':
      return orError(() => answerRange(engine, parameters, faults.warnings));
    case 'GET /api/v1/alerts':
      return success({ alerts: rules.flatMap((rule) => rule.alerts()) });
    case 'GET /api/v1/rules':
      return success(rulesData(rules, options.evaluationIntervalMs, parameters.get('type')));
    default:
      return text(404, '404 page not found\n');
  }
}

function brokenAnswer(status: Faults['status']): ApiAnswer | undefined {
  switch (status) {
    case 429:
      return text(429, 'Too Many Requests\n');
    case 500:
      return failure('internal', 'the store of this Prometheus is broken');
    case 503:
      return text(503, 'Service Unavailable\n');
    default:
      return undefined;
  }
}

function answerInstant(engine: QueryEngine, parameters: URLSearchParams, nowMs: number, warnings: readonly string[]): ApiAnswer {
  const atMs = parameters.has('time') ? timeOf(parameters, 'time') : nowMs;
  const answer = run(() => engine.instant(parameters.get('query') ?? '', atMs));
  return success(instantData(answer.result, atMs), [...answer.warnings, ...warnings]);
}

function answerRange(engine: QueryEngine, parameters: URLSearchParams, warnings: readonly string[]): ApiAnswer {
  const startMs = timeOf(parameters, 'start');
  const endMs = timeOf(parameters, 'end');
  if (endMs < startMs) throw invalid('end', 'end timestamp must not be before start time');
  const step = parameters.get('step') ?? '';
  const stepMs = durationOf(step);
  if (stepMs === undefined) throw invalid('step', `cannot parse ${JSON.stringify(step)} to a valid duration`);
  if (stepMs <= 0) throw invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if (Math.floor((endMs - startMs) / stepMs) > 11_000) {
    const hint = 'Try decreasing the query resolution (?step=XX)';
    return failure('bad_data', `exceeded maximum resolution of 11,000 points per timeseries. ${hint}`);
  }
  const answer = run(() => engine.range(parameters.get('query') ?? '', { startMs, endMs, stepMs }));
  return success(matrixData(answer.result), [...answer.warnings, ...warnings]);
}

function invalid(parameter: string, message: string): QueryError {
  return new QueryError('bad_data', `invalid parameter "${parameter}": ${message}`);
}

/** A query that cannot be run is an invalid parameter; one that fails while it runs is not. */
function run<T>(query: () => T): T {
  try {
    return query();
  } catch (error) {
    throw error instanceof QueryError && error.type === 'bad_data' ? invalid('query', error.message) : error;
  }
}

function orError(answer: () => ApiAnswer): ApiAnswer {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return failure(error.type, error.message);
  }
}

/** Unix seconds, or RFC 3339. */
function timeOf(parameters: URLSearchParams, name: string): number {
  const given = parameters.get(name) ?? '';
  const atMs = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(given) ? Number(given) * 1000 : rfc3339(given);
  if (!Number.isFinite(atMs)) throw invalid(name, `cannot parse ${JSON.stringify(given)} to a valid timestamp`);
  return Math.round(atMs);
}

function rfc3339(given: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(given) ? Date.parse(given) : Number.NaN;
}

/** Seconds, or a duration such as `1m30s`. */
function durationOf(given: string | null): number | undefined {
  if (given === null || given === '') return undefined;
  const seconds = Number(given);
  return Number.isFinite(seconds) ? seconds * 1000 : parseDurationMs(given);
}

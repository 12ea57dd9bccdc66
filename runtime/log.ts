import { Logger } from '@aws-lambda-powertools/logger';
import { withoutCredentials } from '../core/without-credentials.ts';
import { embeddedMetrics, type MetricValues } from './metrics.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** When the metrics were true, and where they are of rollbacks, why they were. */
export interface MetricMoment {
  readonly atMs: number;
  readonly rollbackReason?: string | undefined;
}

/** Structured lines. `with` gives a log whose every line carries the fields: rolloutId, step and weight in a handler. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** The error's name, message and causes are written; its other fields are not, since they may hold what a request carried. */
  error(message: string, error: unknown, fields?: LogFields): void;
  /** A line that CloudWatch takes as metrics too, or none where there are no values. The log's level does not keep it back. */
  metrics(values: MetricValues, moment: MetricMoment): void;
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly logger?: Logger;
  /** The prefix of the deployment, by which its metrics are told from another's. Where nobody says it, it is the default one. */
  readonly deployment?: string | undefined;
  /** Takes a line of metrics. It does not go through the console: Lambda would wrap it, and filter it by its level. */
  readonly writeLine?: (line: string) => void;
}

/** Powertools' logger: JSON lines that CloudWatch Logs Insights can query by field; beside it, lines of metrics. */
export function createLog(options: LogOptions = {}): Log {
  const { logger = new Logger({ serviceName: 'sluice' }), deployment = 'sluice', writeLine = writeToOutput } = options;
  return logAbout({ logger, deployment, writeLine }, {});
}

function writeToOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}

type LogTarget = Required<Pick<LogOptions, 'logger' | 'writeLine'>> & { readonly deployment: string };

function logAbout(to: LogTarget, about: LogFields): Log {
  const { logger, deployment, writeLine } = to;
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, error, fields = {}) => logger.error(message, { ...fields, ...describeError(error) }),
    metrics: (values, moment) => {
      if (Object.keys(values).length === 0) return;
      writeLine(JSON.stringify({ ...about, ...embeddedMetrics(values, { deployment, ...moment }) }));
    },
    with: (fields) => {
      const child = logger.createChild();
      child.appendKeys({ ...fields });
      return logAbout({ ...to, logger: child }, { ...about, ...fields });
    },
  };
}

/** An error and what caused it, as text, without the credentials that a client's error may repeat. */
export function describeError(error: unknown): { errorName: string; errorMessage: string; errorCause?: string } {
  if (!(error instanceof Error)) return { errorName: 'Unknown', errorMessage: withoutCredentials(String(error)) };
  const { cause } = error;
  const caused = cause instanceof Error ? { errorCause: withoutCredentials(`${cause.name}: ${cause.message}`) } : {};
  return { errorName: error.name, errorMessage: withoutCredentials(error.message), ...caused };
}

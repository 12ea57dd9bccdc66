import { Logger } from '@aws-lambda-powertools/logger';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured lines. `with` gives a log whose every line carries the fields: rolloutId, step and weight in a handler. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** The error's name, message and causes are written; its other fields are not, since they may hold what a request carried. */
  error(message: string, error: unknown, fields?: LogFields): void;
  with(fields: LogFields): Log;
}

/** Powertools' logger: JSON lines that CloudWatch Logs Insights can query by field. */
export function createLog(logger: Logger = new Logger({ serviceName: 'sluice' })): Log {
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, error, fields = {}) => logger.error(message, { ...fields, ...describeError(error) }),
    with: (fields) => {
      const child = logger.createChild();
      child.appendKeys({ ...fields });
      return createLog(child);
    },
  };
}

/** An error and what caused it, as text. */
export function describeError(error: unknown): { errorName: string; errorMessage: string; errorCause?: string } {
  if (!(error instanceof Error)) return { errorName: 'Unknown', errorMessage: String(error) };
  const cause = error.cause instanceof Error ? { errorCause: `${error.cause.name}: ${error.cause.message}` } : {};
  return { errorName: error.name, errorMessage: error.message, ...cause };
}

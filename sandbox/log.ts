import { describeError, type Log, type LogFields } from '../runtime/log.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps every line, for the command's `--verbose` and for tests, in place of CloudWatch Logs. */
export function createMemoryLog(onLine: (line: LogLine) => void = () => undefined): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: LogLine['level'], message: string, fields: LogFields) => {
    const line = { level, message, fields };
    lines.push(line);
    onLine(line);
  };
  const logWith = (own: LogFields): Log => ({
    info: (message, fields = {}) => write('info', message, { ...own, ...fields }),
    warn: (message, fields = {}) => write('warn', message, { ...own, ...fields }),
    error: (message, error, fields = {}) => write('error', message, { ...own, ...fields, ...describeError(error) }),
    with: (fields) => logWith({ ...own, ...fields }),
  });
  return { ...logWith({}), lines };
}

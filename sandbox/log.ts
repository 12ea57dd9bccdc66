import { describeError, type Log, type LogFields, type MetricMoment } from '../runtime/log.ts';
import type { MetricValues } from '../runtime/metrics.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export interface MetricLine extends MetricMoment {
  readonly values: MetricValues;
}

export interface MemoryLog extends Log {
  readonly lines: readonly LogLine[];
  readonly metricLines: readonly MetricLine[];
}

/** Keeps every line, for the command's `--verbose` and for tests, in place of CloudWatch Logs. */
export function createMemoryLog(onLine: (line: LogLine) => void = () => undefined): MemoryLog {
  const lines: LogLine[] = [];
  const metricLines: MetricLine[] = [];
  const write = (level: LogLine['level'], message: string, fields: LogFields) => {
    const line = { level, message, fields };
    lines.push(line);
    onLine(line);
  };
  const logWith = (own: LogFields): Log => ({
    info: (message, fields = {}) => write('info', message, { ...own, ...fields }),
    warn: (message, fields = {}) => write('warn', message, { ...own, ...fields }),
    error: (message, error, fields = {}) => write('error', message, { ...own, ...fields, ...describeError(error) }),
    metrics: (values, moment) => {
      if (Object.keys(values).length > 0) metricLines.push({ values, ...moment });
    },
    with: (fields) => logWith({ ...own, ...fields }),
  });
  return { ...logWith({}), lines, metricLines };
}

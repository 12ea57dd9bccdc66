import type { RangeAnswer, RecordedMetric, RecordedMetricData, RecordingFile } from '../../core/backtest/recording.ts';

/** A recording as JSON, one series a line: two of them can be compared, and none is a line of megabytes more than it has to be. */
export function recordingText(file: RecordingFile): string {
  const metrics = Object.entries(file.metrics).map(([name, recorded]) => `    ${JSON.stringify(name)}: ${metricText(recorded)}`);
  const head = Object.entries({ version: file.version, stepSeconds: file.stepSeconds, from: file.from, to: file.to }).flatMap(
    ([key, value]) => (value === undefined ? [] : [`  ${JSON.stringify(key)}: ${JSON.stringify(value)},`]),
  );
  const more = [
    ...Object.entries({ alerts: file.alerts }).flatMap(([key, of]) =>
      of === undefined ? [] : [`  ${JSON.stringify(key)}: ${nested(texts(of), 4)}`],
    ),
    ...Object.entries({ alarms: file.alarms }).flatMap(([key, of]) =>
      of === undefined ? [] : [`  ${JSON.stringify(key)}: ${JSON.stringify(of)}`],
    ),
  ];
  return [
    '{',
    ...head,
    [`  "metrics": ${metrics.length === 0 ? '{}' : `{\n${metrics.join(',\n')}\n  }`}`, ...more].join(',\n'),
    '}',
    '',
  ].join('\n');
}

function metricText(recorded: RecordedMetric): string {
  if ('status' in recorded) return answerText(recorded);
  if ('stable' in recorded) {
    const { canary, stable, scraped } = recorded;
    return nested({ canary: nested(texts(canary), 8), stable: nested(texts(stable), 8), ...texts({ scraped }) }, 6);
  }
  return 'baseline' in recorded ? nested(texts(recorded), 6) : metricDataText(recorded);
}

function texts(answers: Readonly<Record<string, RangeAnswer | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(answers).flatMap(([key, answer]) => (answer === undefined ? [] : [[key, answerText(answer)]])));
}

function nested(parts: Readonly<Record<string, string>>, indent: number): string {
  const lines = Object.entries(parts).map(([key, text]) => `${' '.repeat(indent)}${JSON.stringify(key)}: ${text}`);
  return `{\n${lines.join(',\n')}\n${' '.repeat(indent - 2)}}`;
}

function answerText({ status, data, warnings }: RangeAnswer): string {
  const more = warnings === undefined ? '' : `,"warnings":${JSON.stringify(warnings)}`;
  return `{"status":${JSON.stringify(status)},"data":{"resultType":${JSON.stringify(data.resultType)},"result":${listText(data.result)}}${more}}`;
}

function metricDataText({ MetricDataResults = [], Messages }: RecordedMetricData): string {
  const more = Messages ? `,"Messages":${JSON.stringify(Messages)}` : '';
  return `{"MetricDataResults":${listText(MetricDataResults)}${more}}`;
}

function listText(series: readonly unknown[]): string {
  return series.length === 0 ? '[]' : `[\n${series.map((each) => JSON.stringify(each)).join(',\n')}\n]`;
}

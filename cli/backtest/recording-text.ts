import type { RangeAnswer, RecordedComparison, RecordingFile } from '../../core/backtest/recording.ts';

/** A recording as JSON, one series a line: two of them can be compared, and none is a line of megabytes more than it has to be. */
export function recordingText(file: RecordingFile): string {
  const metrics = Object.entries(file.metrics).map(([name, recorded]) => `    ${JSON.stringify(name)}: ${metricText(recorded)}`);
  const head = Object.entries({ version: file.version, stepSeconds: file.stepSeconds, from: file.from }).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${JSON.stringify(key)}: ${JSON.stringify(value)},`],
  );
  return ['{', ...head, '  "metrics": {', metrics.join(',\n'), '  }', '}', ''].join('\n');
}

function metricText(recorded: RangeAnswer | RecordedComparison): string {
  if ('status' in recorded) return answerText(recorded);
  const { canary, stable, scraped } = recorded;
  const sides = Object.entries({ canary, stable }).map(([side, answers]) => {
    const parts = Object.entries(answers).flatMap(([which, answer]) =>
      answer === undefined ? [] : [`        ${JSON.stringify(which)}: ${answerText(answer)}`],
    );
    return `      ${JSON.stringify(side)}: {\n${parts.join(',\n')}\n      }`;
  });
  return `{\n${[...sides, ...(scraped === undefined ? [] : [`      "scraped": ${answerText(scraped)}`])].join(',\n')}\n    }`;
}

function answerText({ status, data, warnings }: RangeAnswer): string {
  const series = data.result.map((each) => JSON.stringify(each));
  const result = series.length === 0 ? '[]' : `[\n${series.join(',\n')}\n]`;
  const more = warnings === undefined ? '' : `,"warnings":${JSON.stringify(warnings)}`;
  return `{"status":${JSON.stringify(status)},"data":{"resultType":${JSON.stringify(data.resultType)},"result":${result}}${more}}`;
}

import { afterAll, expect, it } from 'vitest';
import { config, locales } from 'zod';
import { readRecording } from '../../../core/backtest/read-recording.ts';
import { parseOperatorRequest, parseStartInput } from '../../../core/spec/inputs.ts';
import { problemsIn, withAnalysis } from './spec-text.ts';

const wrongMetrics = 'metrics: [{ saturation: disk }, { name: queue, query: 5, max: many }]';
const told = {
  spec: () => problemsIn(withAnalysis(`analysis:\n  interval: 10\n  prometheus: { url: http://p:9090 }\n  ${wrongMetrics}\n`)),
  'start input': () => parseStartInput({ rollout: 'checkout', image: 5 }),
  request: () => parseOperatorRequest({ rollout: 'checkout', action: 'stop' }),
  recording: () => readRecording({ version: 2, stepSeconds: 'x', metrics: [] }, 'r.json', { metrics: [], alarms: [], alerts: [] }),
} as const;

afterAll(() => void config({ localeError: undefined }));

it.each(Object.entries(told))("what is wrong with a %s is told in Sluice's own words, also where a program has loaded zod's", (_, tell) => {
  config({ localeError: undefined });
  const without = tell();
  config(locales.en());
  expect(tell()).toEqual(without);
  expect(JSON.stringify(without)).toContain('"expected":');
});

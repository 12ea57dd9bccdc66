import { expect, it } from 'vitest';
import { goDuration } from '../../../sandbox/traffic/duration.ts';

it.each([
  ['5s', 5000],
  ['0.5s', 500],
  ['250ms', 250],
  ['1m30s', 90_000],
  ['1h', 3_600_000],
  ['0s', undefined],
])('the duration %s is %s ms', (text, expected) => {
  expect(goDuration.parse(text)).toBe(expected);
});

it.each(['', '5', '5 s', '-5s', '1d'])('%j is no duration', (text) => {
  expect(goDuration.safeParse(text).success).toBe(false);
});

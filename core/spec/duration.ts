import * as z from 'zod/mini';

const secondsPerUnit = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const durationPattern = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** `90s`, `5m`, `1h30m`, `2d`: parsed to whole seconds. Step Functions cannot wait for less than one. */
export const duration = z.pipe(
  z
    .string()
    .check(z.regex(durationPattern, { error: 'a duration such as 90s, 5m, 1h30m or 2d' }))
    .check(z.describe('A duration: 90s, 5m, 1h30m, 2d'))
    .check(z.refine((text) => parseDuration(text) <= 30 * secondsPerUnit.d, { error: 'a duration of at most 30d' })),
  z.transform(parseDuration),
);

/** @example parseDuration('1h30m') // 5400 */
export function parseDuration(text: string): number {
  const [, days, hours, minutes, seconds] = durationPattern.exec(text) ?? [];
  return (
    Number(days ?? 0) * secondsPerUnit.d +
    Number(hours ?? 0) * secondsPerUnit.h +
    Number(minutes ?? 0) * secondsPerUnit.m +
    Number(seconds ?? 0)
  );
}

/** @example formatDuration(5400) // '1h30m' */
export function formatDuration(totalSeconds: number): string {
  let left = Math.round(totalSeconds);
  let text = '';
  for (const [unit, size] of Object.entries(secondsPerUnit)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

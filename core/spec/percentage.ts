import * as z from 'zod/mini';

const percentPattern = /^(\d{1,3}(?:\.\d+)?)\s*%$/;

/** `1%`, `0.1%`: parsed to a share, 0.01 and 0.001. */
export const percentage = z.pipe(
  z
    .string()
    .check(z.regex(percentPattern, { error: 'a percentage such as 1% or 0.1%' }), z.maxLength(20), z.describe('A percentage: 1%, 0.1%'))
    .check(z.refine((text) => parsePercentage(text) <= 1, { error: 'a percentage of at most 100%' })),
  z.transform(parsePercentage),
);

/** Without the dust of binary fractions. @example parsePercentage('99.9%') // 0.999 */
export function parsePercentage(text: string): number {
  return Number((Number(percentPattern.exec(text)?.[1]) / 100).toPrecision(15));
}

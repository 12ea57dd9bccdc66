import * as z from 'zod/mini';

const edgePattern = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s)$/;

/** `200ms`, `1.5s`: parsed to milliseconds. */
export const latencyEdge = z.pipe(
  z
    .string()
    .check(z.regex(edgePattern, { error: 'a time such as 200ms or 1.5s' }), z.describe('A time: 200ms, 1.5s'))
    .check(z.refine((text) => parseLatencyEdge(text) > 0, { error: 'a time above 0' })),
  z.transform(parseLatencyEdge),
);

/** @example parseLatencyEdge('1.5s') // 1500 */
export function parseLatencyEdge(text: string): number {
  const [, count, unit] = edgePattern.exec(text) ?? [];
  return Number(count) * (unit === 's' ? 1000 : 1);
}

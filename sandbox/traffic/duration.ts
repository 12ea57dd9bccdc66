import * as z from 'zod/mini';

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * A duration as Istio and the Gateway API write it, in milliseconds; undefined for 0, which both take for none at all.
 *
 * @example goDuration.parse('1m30s') // 90000
 */
export const goDuration = z.pipe(
  z.string().check(z.regex(/^(\d+(\.\d+)?(h|m|s|ms))+$/)),
  z.transform((text): number | undefined => {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
    const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
    return total === 0 ? undefined : total;
  }),
);

import * as z from 'zod/mini';

const written = 'seconds, or a time such as 2026-11-20T10:00:00Z';

/** A moment, in seconds. In AWS's JSON protocols they are numbers; its command line writes them as texts. */
export const awsTime = z.union(
  [
    z.number().check(z.gte(0), z.lte(1e11)),
    z.pipe(
      z.iso.datetime({ offset: true, error: written }),
      z.transform((text) => Date.parse(text) / 1000),
    ),
  ],
  { error: written },
);

import * as z from 'zod/mini';

/** Of an object, or of a list, which has no name. */
export const metadata = z.looseObject({ resourceVersion: z.optional(z.string()) });

/** Any object of the API. */
export const anyObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.optional(z.string()) }),
});

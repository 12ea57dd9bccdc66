import * as z from 'zod/mini';

export const metadata = z.looseObject({ name: z.string(), namespace: z.optional(z.string()), creationTimestamp: z.nullish(z.string()) });

/** @example subjectOf('NetworkPolicy', { name: 'callers', namespace: 'shop' }) // NetworkPolicy shop/callers */
export function subjectOf(kind: string, { name, namespace = '' }: z.infer<typeof metadata>): string {
  return `${kind} ${namespace}/${name}`;
}

import * as z from 'zod/mini';

/** A name as Kubernetes takes it for objects (RFC 1123 label), short enough that `<name>-canary` fits too. */
export const kubernetesName = z
  .string()
  .check(z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: 'lower-case letters, digits and hyphens' }), z.maxLength(56));

export const positiveInt = z.int().check(z.positive());

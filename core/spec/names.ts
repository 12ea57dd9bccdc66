import * as z from 'zod/mini';

/** A name as Kubernetes takes it for objects (RFC 1123 label), short enough that `<name>-canary` fits too. */
export const kubernetesName = z
  .string()
  .check(z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: 'lower-case letters, digits and hyphens' }), z.maxLength(56));

export const positiveInt = z.int().check(z.positive());

/** Keeps `<rollout>-<fence>-<attempt>` within the 80 characters of an execution name, and the annotation key within 63. */
export const rolloutName = z
  .string()
  .check(z.regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, { error: 'lower-case letters, digits and hyphens, a letter first' }), z.maxLength(40));

/**
 * Alarms and alerts together. All of them may be others in the next version of a spec, whose index is written in one transaction of 100
 * changes: as many removed, as many added, two for the repository, two for the spec itself.
 */
export const mostAlarms = 48;

/** Names of alarms or alerts, as a list of a spec. */
export const alarmNames = z._default(z.array(z.string().check(z.minLength(1), z.maxLength(255))).check(z.maxLength(mostAlarms)), []);

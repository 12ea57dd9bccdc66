import * as z from 'zod/mini';
import { ClusterForbiddenError, ClusterUnavailableError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';

/** A kind of which a preflight reads all objects of a namespace. */
export interface Kind<T> {
  /** As in a manifest. */
  readonly kind: string;
  readonly apiVersion: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly schema: z.ZodMiniType<T>;
}

/** A kind that could not be looked at, and why not, in short. */
export interface Unread {
  readonly kind: string;
  readonly apiVersion: string;
  readonly resource: string;
  /** Of the one object that was to be read, where not all of the kind were. */
  readonly name?: string;
  /** `forbidden`: 403, or 401. `unavailable`: the API did not answer for this kind. `unknownShape`: it did, with something else. */
  readonly why: 'forbidden' | 'unavailable' | 'unknownShape';
}

export interface Listed<T> {
  readonly objects: readonly T[];
  readonly unread: readonly Unread[];
}

/**
 * All objects of a kind in a namespace. A kind that the cluster does not serve has none. That it cannot be read is an answer, since a preflight
 * looks as far as it may.
 */
export async function listKind<T>(api: KubernetesApi, namespace: string, wanted: Kind<T>): Promise<Listed<T>> {
  const { kind, apiVersion, resource, schema } = wanted;
  const unread = (why: Unread['why']): Listed<T> => ({ objects: [], unread: [{ kind, apiVersion, resource, why }] });
  try {
    const found = await api.list({ apiVersion, resource, namespace }, '');
    const parsed = z.array(schema).safeParse(found);
    return parsed.success ? { objects: parsed.data, unread: [] } : unread('unknownShape');
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return unread('forbidden');
    if (error instanceof ClusterUnavailableError) return unread('unavailable');
    throw error;
  }
}

import * as z from 'zod/mini';

/** Which version a request reaches, and which side a Deployment or a Service belongs to. */
export const side = z.enum(['stable', 'canary']);
export type Side = z.infer<typeof side>;

/** Shares of new requests. Both are written out, 0 too: an omitted weight means 100 to some meshes and 0 to others. */
export const split = z.strictObject({ stable: z.int().check(z.nonnegative()), canary: z.int().check(z.nonnegative()) });
export type Split = z.infer<typeof split>;

/**
 * The split at which the canary has `weight` of `totalWeight`.
 *
 * @example splitAt(5, 100) // { stable: 95, canary: 5 }
 * @throws RangeError where the weight is no integer within 0 and the total: a bug of the caller, never of the user,
 *   whose spec was checked.
 */
export function splitAt(weight: number, totalWeight: number): Split {
  if (!Number.isInteger(weight) || weight < 0 || weight > totalWeight) {
    throw new RangeError(`weight ${weight} is not an integer from 0 to ${totalWeight}`);
  }
  return { stable: totalWeight - weight, canary: weight };
}

/** Everything on one side. */
export function wholeSplit(to: Side, totalWeight: number): Split {
  return splitAt(to === 'canary' ? totalWeight : 0, totalWeight);
}

export function sameSplit(a: Split, b: Split): boolean {
  return a.stable === b.stable && a.canary === b.canary;
}

/** The side that has all the traffic, or undefined while it is split. */
export function wholeSide(of: Split): Side | undefined {
  if (of.canary === 0) return 'stable';
  return of.stable === 0 ? 'canary' : undefined;
}

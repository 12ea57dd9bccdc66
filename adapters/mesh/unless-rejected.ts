import { RouteRejectedError } from '../../core/errors.ts';

/** What is found, or undefined where the route refuses to be steered: a door goes on with what it can. */
export function unlessRejected<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof RouteRejectedError) return undefined;
    throw error;
  }
}

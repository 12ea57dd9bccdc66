import type { RouteReading } from '../../core/ports.ts';

/** What a write has come to on one route, where it could not write all that it should. */
export interface WrittenReading extends RouteReading {
  /** What the route did not take, and why, as sentences: it stays until the canary is removed. Left out where it took all. */
  readonly left?: string;
}

/**
 * What a write that takes all traffic to one side had to leave on routes, each once: for the log and for people.
 *
 * @example leftBehind(await router.write(target, { split, fence, role: 'door' }))
 */
export function leftBehind(readings: readonly WrittenReading[]): string[] {
  return [...new Set(readings.flatMap(({ left }) => left ?? []))];
}

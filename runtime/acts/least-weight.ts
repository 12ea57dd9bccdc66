import type { RouteTarget, TrafficRouter } from '../../core/ports.ts';

/** The least that any route gives the canary, of those that can be read: undefined where none can, and `isWhole` where all can. */
export async function leastWeight(
  router: TrafficRouter,
  target: RouteTarget,
): Promise<{ readonly least: number | undefined; readonly isWhole: boolean }> {
  const looks = await Promise.allSettled(target.routes.map((route) => router.read({ ...target, routes: [route] })));
  const weights = looks.flatMap((look) => (look.status === 'fulfilled' ? look.value.map(({ split }) => split.canary) : []));
  return { least: weights.length === 0 ? undefined : Math.min(...weights), isWhole: looks.every(({ status }) => status === 'fulfilled') };
}

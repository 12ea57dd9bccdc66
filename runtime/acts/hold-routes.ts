import { createRouter } from '../../adapters/mesh/registry.ts';
import { routeName } from '../../adapters/mesh/route-name.ts';
import { FencedError } from '../../core/errors.ts';
import { acceptanceSeconds } from '../../core/traffic/settle-seconds.ts';
import { shapeOf } from '../../core/traffic/shape-of.ts';
import { sameSplit } from '../../core/traffic/split.ts';
import type { Deps } from '../deps.ts';
import type { OpenRollout } from './open-rollout.ts';

/**
 * Brings the routes of a promotion under the fence that it has raised, as they are: with all the traffic on the canary. A claim, a step or a door
 * that still goes by the fence before would else give stable its traffic back while its pods are replaced (T1). What such a one has written
 * before is put right.
 *
 * Called again, it leaves what it has done, and waits until that is accepted: the call before may have given up on it. A door without the store
 * counts on from what the routes carry, so it may have come to the same number; that route has another split, and is left to it (T3). So has one
 * that the return has written under this fence since.
 *
 * @throws FencedError where a route is somebody else's.
 * @throws WeightNotVerifiedError where the controllers of a route have not accepted it in time, and as the router's write does.
 */
export async function holdRoutes(deps: Pick<Deps, 'clock'>, open: OpenRollout): Promise<void> {
  try {
    await hold(deps, open);
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
    // Another call of the same Task may have been quicker by a moment, and has raised the fence that this one was to replace.
    await hold(deps, open);
  }
}

async function hold({ clock }: Pick<Deps, 'clock'>, { api, spec, plan, target, record }: OpenRollout): Promise<void> {
  const { split, fence, promotionFence: replaces, stepIndex } = record;
  const router = createRouter(spec.router.kind, api, { clock, seconds: acceptanceSeconds });
  const readings = await router.read(target);
  const other = readings.find((reading) => reading.fence === fence && !sameSplit(reading.split, split));
  if (other !== undefined) {
    throw new FencedError(
      `${routeName(other.route, target.namespace)} reads ${other.split.stable}/${other.split.canary} under fence ${fence} already.`,
      { remedy: 'Another owner has taken over; this execution must not write.' },
    );
  }
  const shape = shapeOf(spec, plan.steps[stepIndex]);
  const write = { split, fence, role: 'owner', shape: shape.affinity === undefined ? shape : { ...shape, cookieFence: replaces } } as const;
  const routesOf = (isHeld: boolean) => readings.filter((reading) => (reading.fence === fence) === isHeld).map(({ route }) => route);
  const [held, others] = [routesOf(true), routesOf(false)];
  if (others.length > 0) await router.write({ ...target, routes: others }, { ...write, replaces });
  if (held.length > 0) await router.write({ ...target, routes: held }, { ...write, lowerOnly: true });
}

import { FencedError, RouteRejectedError, WeightNotVerifiedError } from '../../core/errors.ts';
import type { Clock, KubernetesApi, RouteTarget, SplitWrite } from '../../core/ports.ts';
import { fenceOf } from './fence.ts';
import type { RouteDialect, RouteObject } from './route-dialect.ts';
import { placesOf, readObject, settleReads } from './route-objects.ts';

/** How long a write waits for controllers whose word on it is late. */
export interface Patience {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** For all objects of one write together. */
  readonly seconds: number;
}

/** The longest pause between two looks at a route whose controllers are late. */
const longestPauseMs = 1_000;

/**
 * Waits until the controllers of all routes of a target have accepted what was written, as far as they tell. Without patience each route is read a
 * few times in a row.
 *
 * @throws RouteRejectedError where they never will.
 * @throws WeightNotVerifiedError where they have not within that time.
 * @throws FencedError where a door has written meanwhile.
 */
export async function untilSettled(
  api: KubernetesApi,
  dialect: RouteDialect,
  target: RouteTarget,
  write: SplitWrite,
  patience: Patience | undefined,
): Promise<void> {
  if (dialect.settled === undefined) return;
  // The fence that was to be replaced is gone: what it was raised to is the owner's own now.
  const written: SplitWrite = { ...write, replaces: undefined };
  const untilMs = patience === undefined ? 0 : patience.clock.now() + patience.seconds * 1_000;
  for (const place of placesOf(dialect, target)) {
    let pauseMs = longestPauseMs / 8;
    for (let reads = 1; ; reads += 1) {
      const found = await readObject(api, place);
      refuseNewerFence(found, target, write);
      const settlement = dialect.settled(found.object, found.routes, target, written);
      if (settlement === 'settled') break;
      if ('refused' in settlement) throw new RouteRejectedError(`${settlement.refused}.`, { remedy: settlement.remedy });
      if (reads < settleReads) continue;
      const leftMs = patience === undefined ? 0 : untilMs - patience.clock.now();
      if (patience === undefined || leftMs <= 0) {
        throw new WeightNotVerifiedError(`${settlement.pending}.`, {
          remedy: 'It is looked at again; if it stays so, the rollout gives way.',
        });
      }
      await patience.clock.sleep(Math.min(pauseMs, leftMs));
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
}

/** Whoever waits for a controller learns here that a door has taken over, and leaves. */
function refuseNewerFence({ object }: RouteObject, { rollout, namespace }: RouteTarget, { fence }: SplitWrite): void {
  const found = fenceOf(object, rollout) ?? 0;
  if (found <= fence) return;
  throw new FencedError(`${object.kind} ${namespace}/${object.metadata.name} carries fence ${found} for ${rollout}, not ${fence}.`, {
    remedy: 'Another owner has taken over; this execution must not write.',
  });
}

import { routeName } from '../adapters/mesh/route-name.ts';
import { WeightNotVerifiedError } from '../core/errors.ts';
import { planTick } from '../core/plan/tick.ts';
import { newWatch } from '../core/rollout/observe.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { beginShare } from '../core/rollout/share-watch.ts';
import { sameSplit } from '../core/traffic/split.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Reads every route back before the step's bake begins: a write that was accepted can still be lost, late, or overwritten. Then the
 * step is watched from now on, and the requests that reach each side are counted from now on: what was counted at another weight, or while
 * somebody else's weight stood on the routes, says nothing of this one (T8). Counting takes place in the analyses of the step, so that it adds
 * nothing to the step's time.
 */
export const verifyWeight = defineFunction({
  name: 'VerifyWeight',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, payload);
    const { record, router, target, plan, spec } = open;
    const wrong = (await router.read(target)).find(({ split, fence }) => !sameSplit(split, record.split) || fence !== record.fence);
    if (wrong !== undefined) {
      throw new WeightNotVerifiedError(
        `${routeName(wrong.route, target.namespace)} reads ${wrong.split.stable}/${wrong.split.canary}, not ${record.split.stable}/${record.split.canary}.`,
        { remedy: 'It is read again; if it stays so, the rollout gives way.' },
      );
    }
    const step = plan.steps[payload.stepIndex];
    const tick = planTick(open.pace, step?.bakeSeconds ?? 0);
    const share = beginShare(spec, step, deps.clock.now());
    const watched = record.watch?.stepIndex === payload.stepIndex ? record.watch : newWatch(payload.stepIndex, deps.clock.now());
    const { share: _, ...rest } = watched;
    const watch = { ...rest, ...(share === undefined ? {} : { share }) };
    await open.rollouts.save(open.held, { watch }, tick.waitSeconds);
    return { ...payload, outcome: 'verified', ...tick };
  },
});

export const handler = verifyWeight.handler;

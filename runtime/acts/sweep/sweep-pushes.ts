import { Rollouts } from '../../../adapters/store/rollouts.ts';
import { Specs, type StoredSpec } from '../../../adapters/store/specs.ts';
import type { ImageFound } from '../../../core/ports.ts';
import { matchesTag } from '../../../core/spec/tag-match.ts';
import type { Deps } from '../../deps.ts';
import { atMost } from './at-most.ts';

/**
 * ECR's events are best effort. An image this young may still be announced by its own; one that is announced later all the same finds
 * its rollout begun. Short, so that a lost push is found by the next run of the sweep, within a minute (O2).
 */
const graceSeconds = 5;
/** How far back the sweep looks for a push that nobody dealt with. */
const lookBackSeconds = 3600;

/** At a time: with thousands of specs, one after the other would not end within the minute. */
const registryRequests = 10;

/** Starts a rollout for the newest image of each service whose push was never heard of (O2). */
export async function sweepPushes(deps: Pick<Deps, 'store' | 'clock' | 'images' | 'executions' | 'log'>): Promise<string[]> {
  const specs = await new Specs(deps.store).list();
  const rollouts = new Rollouts(deps.store, deps.clock);
  const started: string[] = [];
  await atMost(registryRequests, specs, async (stored) => {
    const { spec, retiredAtMs } = stored;
    if (retiredAtMs !== undefined) return;
    const image = await newestUnseen(deps, rollouts, stored);
    if (image === undefined) return;
    const name = `${spec.name}-push-${image.digest.replace(/^sha256:/, '').slice(0, 16)}`;
    const actor = { kind: 'sweep', id: 'lost push' };
    if ((await deps.executions.start('rollout', name, { rollout: spec.name, image: image.digest, actor })) === 'started')
      started.push(name);
  });
  return started;
}

async function newestUnseen(
  deps: Pick<Deps, 'clock' | 'images' | 'log'>,
  rollouts: Rollouts,
  { spec, appliedAtMs }: StoredSpec,
): Promise<ImageFound | undefined> {
  const nowMs = deps.clock.now();
  const sinceMs = Math.max(appliedAtMs, nowMs - lookBackSeconds * 1000);
  let pushed: ImageFound[];
  try {
    pushed = await deps.images.pushedSince(spec.image.repository, sinceMs);
  } catch (error) {
    deps.log.error('could not list images', error, { rollout: spec.name });
    return undefined;
  }
  const newest = pushed.find(({ tags }) => tags.some((tag) => matchesTag(tag, spec.image.tags)));
  if (newest === undefined || nowMs - newest.pushedAtMs < graceSeconds * 1000) return undefined;
  return (await rollouts.wasSeen(spec.name, newest.digest)) ? undefined : newest;
}

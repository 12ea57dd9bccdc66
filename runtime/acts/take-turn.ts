import type { Turns } from '../../adapters/store/turns.ts';
import { DeadlineExceededError, RolloutRefusedError } from '../../core/errors.ts';
import { imageReference, type Lock, type RolloutRecord } from '../../core/rollout/record.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import { type AbortDeps, abortRollout } from './abort-rollout.ts';
import type { NotBegun, Start } from './start.ts';

type Turn = { readonly outcome: 'free' } | NotBegun;

/**
 * Whether this start may take the service now (O1, O2, O4): free, wait, or ignored, by the spec's policy for a new image while
 * another one is rolled out.
 *
 * @throws RolloutRefusedError, DeadlineExceededError
 */
export async function takeTurn(deps: AbortDeps, rollouts: Turns, start: Start): Promise<Turn> {
  const { stored, image } = start;
  const rollout = stored.spec.name;
  const lock = await rollouts.readLock(rollout);
  const holder = lock === undefined || lock.rolloutId === '' ? undefined : (await rollouts.load(rollout, lock.rolloutId)).record;
  // Its own: a retry after a lost answer, whatever a second delivery of the push has noted meanwhile.
  if (holder?.executionArn === start.executionArn) return { outcome: 'free' };
  if (await rollouts.wasDelivered(rollout, start)) return { outcome: 'ignored', reason: 'This push was dealt with already.' };
  if (holder !== undefined) return meetHolder(deps, rollouts, start, holder);
  const other = await lookAtWaiter(deps, start, lock);
  if (other.status === 'waits') {
    // Somebody else was told to wait and has not come back yet; the newer image goes first.
    if (other.digest === image.digest) return { outcome: 'ignored', reason: 'The same image waits for its turn already.' };
    if (other.pushedAtMs > image.pushedAtMs) return refuse(start, `a newer image (${other.digest}) waits for its turn`);
  }
  const quarantined = await rollouts.quarantineOf(rollout, image.digest);
  if (quarantined !== undefined && start.force === undefined) {
    if (start.actor.kind !== 'person') return { outcome: 'ignored', reason: `${image.digest} is quarantined: ${quarantined}` };
    throw new RolloutRefusedError(`${imageReference(image)} is quarantined: ${quarantined}`, {
      remedy: 'Push a mended image, or start it with "force": { "by": "your name", "why": "..." }.',
    });
  }
  return { outcome: 'free' };
}

async function meetHolder(deps: AbortDeps, rollouts: Turns, start: Start, holder: RolloutRecord): Promise<Turn> {
  const { stored, image } = start;
  const { policies, deadlines } = stored.spec;
  if (holder.phase === 'failed') {
    return refuse(start, `${holder.rolloutId} failed to roll back and holds the service until a person has looked`);
  }
  if (holder.image.digest === image.digest && holder.phase !== 'rollingBack') {
    return { outcome: 'ignored', reason: `${holder.rolloutId} rolls the same image out already.` };
  }
  if (start.actor.kind !== 'person' && image.pushedAtMs < holder.image.pushedAtMs) {
    return refuse(start, `${holder.rolloutId} rolls out an image that was pushed later`);
  }
  if (policies.newImage === 'refuse' && holder.phase !== 'rollingBack')
    return refuse(start, `${holder.rolloutId} is under way, and policies.newImage is refuse`);
  if (deps.clock.now() >= start.executionStartedAtMs + deadlines.queueSeconds * 1000) {
    throw new DeadlineExceededError(`Waited ${formatDuration(deadlines.queueSeconds)} for ${holder.rolloutId} to end.`, {
      remedy: 'Start again later, or abort the other rollout.',
    });
  }
  const waiter = { digest: image.digest, executionArn: start.executionArn, pushedAtMs: image.pushedAtMs };
  const other = await lookAtWaiter(deps, start, await rollouts.readLock(stored.spec.name));
  if (other.status === 'waits' && other.digest === image.digest) {
    return { outcome: 'ignored', reason: 'The same image waits for its turn already.' };
  }
  const deadArn = other.status === 'dead' ? other.executionArn : undefined;
  if (!(await rollouts.wait(stored.spec.name, waiter, deadArn))) return refuse(start, 'a newer image waits for its turn');
  const canBeSuperseded = holder.phase !== 'rollingBack' && holder.pointOfNoReturnAtMs === undefined;
  if (policies.newImage === 'supersede' && canBeSuperseded) {
    await abortRollout(deps, {
      rollout: holder.rollout,
      rolloutId: holder.rolloutId,
      reason: 'superseded',
      why: `Superseded by ${image.tag ?? image.digest}.`,
      actor: start.actor,
    });
  }
  return { outcome: 'wait', reason: `Waits for ${holder.rolloutId} to end.` };
}

type Waiter = NonNullable<Lock['waiting']>;

/**
 * Whether another start waits for the service: its note outlives an execution that was stopped or died, and then blocks nobody. One that
 * Step Functions does not know counts as dead too: if that is wrong, it notes itself again when it next comes round.
 *
 * @throws AwsUnavailableError
 */
async function lookAtWaiter(
  deps: AbortDeps,
  start: Start,
  lock: Lock | undefined,
): Promise<{ readonly status: 'none' } | ({ readonly status: 'waits' | 'dead' } & Waiter)> {
  const waiting = lock?.waiting;
  if (waiting === undefined || waiting.executionArn === start.executionArn) return { status: 'none' };
  const { status } = await deps.executions.describe({ arn: waiting.executionArn });
  return { status: status === 'running' ? 'waits' : 'dead', ...waiting };
}

function refuse(start: Start, why: string): never {
  throw new RolloutRefusedError(`${imageReference(start.image)} is not rolled out: ${why}.`, {
    remedy: 'See `sluice status`, and policies.newImage in the spec.',
  });
}

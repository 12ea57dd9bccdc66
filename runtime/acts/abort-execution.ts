import * as z from 'zod/mini';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { type AbortablePayload, abortablePayload } from '../../core/rollout/payload.ts';
import { rollbackReason } from '../../core/rollout/record.ts';
import { rollbackReasonOf } from '../../core/rollout/rollback-reason.ts';
import { shorten } from '../../core/shorten.ts';
import { type AbortDeps, abortRollout } from './abort-rollout.ts';
import { caughtErrorOf, mostCharacters } from './caught-error.ts';
import { endedAlready } from './ended-already.ts';
import { restoreTrafficWithoutStore } from './restore-traffic.ts';

/** What the rollout machine hands over: its payload as it was, with the error that was caught or the decision to abort. */
export const caughtInput = z.strictObject({ executionArn: z.string().check(z.maxLength(1_024)), payload: z.unknown() });

const decided = z.looseObject({ abort: z.strictObject({ reason: rollbackReason, why: z.string() }) });

/**
 * `refused`: the execution never held its service, so there is nothing to undo. `ended`: it holds it no longer. `succeeded`: it has ended its
 * rollout itself, and died before it could say so.
 */
export interface ExecutionAborted {
  readonly outcome: 'rollbackStarted' | 'ended' | 'refused' | 'succeeded';
  readonly error: string;
  readonly why: string;
}

/**
 * The rollout machine's own way to the rollback: from every Catch, and from a decision to abort. A payload that every handler has refused,
 * because a newer version of Sluice has written it, comes here too, and is read as far as it takes to move the traffic.
 */
export async function abortExecution(deps: AbortDeps, { executionArn, payload }: z.infer<typeof caughtInput>): Promise<ExecutionAborted> {
  const cause = causeOf(payload);
  const own = abortablePayload.safeParse(payload);
  try {
    const held = own.success ? own.data : await findByExecution(deps, executionArn);
    if (held === undefined) return { outcome: 'refused', error: cause.error, why: cause.why };
    const actor = { kind: 'sluice' as const, id: executionArn };
    const result = await abortRollout(deps, {
      rollout: held.rollout,
      rolloutId: held.rolloutId,
      reason: cause.reason,
      why: cause.why,
      actor,
    });
    const ended = result.outcome === 'ended' && own.success ? await endedAlready(deps, own.data) : undefined;
    const outcome = ended?.phase === 'succeeded' ? 'succeeded' : result.outcome;
    return { outcome, error: cause.error, why: cause.why };
  } catch (error) {
    if (error instanceof StoreUnavailableError && own.success) await writeTombstone(deps, own.data);
    throw error;
  }
}

/**
 * The store does not answer, but the payload says where the routes are: traffic does not wait for the store. That the store did not answer is
 * what the door ends with, whatever becomes of the routes: it is the error after which it is called again.
 */
async function writeTombstone(deps: AbortDeps, payload: AbortablePayload): Promise<void> {
  const { cluster, routerKind: kind, target, safeSide } = payload.door;
  const api = deps.clusters.open(cluster);
  try {
    await restoreTrafficWithoutStore(deps, { api, kind, router: createRouter(kind, api), target }, payload.fence, safeSide);
  } catch (error) {
    deps.log.error('could not write the whole tombstone without the store', error);
  }
}

async function findByExecution(deps: AbortDeps, executionArn: string): Promise<{ rollout: string; rolloutId: string } | undefined> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  for (const lock of await rollouts.active()) {
    const { record } = await rollouts.load(lock.rollout, lock.rolloutId);
    if (record.executionArn === executionArn && !rollouts.isEnded(record)) return record;
  }
  return undefined;
}

function causeOf(payload: unknown) {
  const decision = decided.safeParse(payload);
  if (decision.success) {
    const { reason, why } = decision.data.abort;
    return { error: 'RolledBack', reason, why: shorten(why, mostCharacters) };
  }
  const caught = caughtErrorOf(payload);
  if (caught === undefined) return { error: 'Unknown', reason: 'error' as const, why: 'The execution gave up without saying why.' };
  return { ...caught, reason: rollbackReasonOf(caught.error) };
}

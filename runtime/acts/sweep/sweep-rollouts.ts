import { AwsUnavailableError } from '../../../core/errors.ts';
import type { Lock } from '../../../core/rollout/record.ts';
import type { AbortDeps } from '../abort-rollout.ts';
import { atMost } from './at-most.ts';
import { type Swept, sweepRollout } from './sweep-rollout.ts';
import { SweepTurn } from './sweep-turn.ts';

/**
 * Executions that one run asks about besides those whose lease is over. DescribeExecution has a bucket of 250 to 300 calls that fills up
 * at 10 to 15 a second, by region, and others in the account need it as well.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const mostDescribed = 200;
/** At a time. */
const concurrency = 10;

/**
 * Looks after all rollouts that hold a service. Those whose lease is over come first, and none of them waits: that is what O3 promises. To
 * ask whether the execution of another one died is quicker than its lease, so they are asked in turns, as many as the quota of Step
 * Functions allows; where it refuses one all the same, the next run goes on from there. One that fails never keeps the others from it.
 *
 * @returns What became of each lock, in the order of the locks; `later` for those whose turn comes in a later run.
 */
export async function sweepRollouts(deps: AbortDeps, locks: readonly Lock[]): Promise<(Swept | 'failed')[]> {
  const outcomes = new Map<Lock, Swept | 'failed'>();
  const nowMs = deps.clock.now();
  let busy = false;
  const look = async (lock: Lock) => {
    try {
      outcomes.set(lock, await sweepRollout(deps, lock));
    } catch (error) {
      deps.log.error(`could not sweep ${lock.rolloutId}`, error, { rolloutId: lock.rolloutId });
      outcomes.set(lock, 'failed');
      busy ||= error instanceof AwsUnavailableError;
    }
  };
  const isOverdue = (lock: Lock) => nowMs > lock.leaseUntilMs;
  await atMost(concurrency, locks.filter(isOverdue), look);
  const turn = new SweepTurn(deps.store, 'rollouts');
  const others = locks.filter((lock) => !isOverdue(lock));
  if (others.length > 0) {
    const asked = (await turn.order(others, ({ rollout }) => rollout)).slice(0, mostDescribed);
    busy = false;
    await atMost(concurrency, asked, async (lock) => (busy ? undefined : look(lock)));
    const last = asked.findLast((lock) => outcomes.has(lock));
    if (last !== undefined && (asked.length < others.length || busy)) await turn.end(last.rollout);
  }
  return locks.map((lock) => outcomes.get(lock) ?? 'later');
}

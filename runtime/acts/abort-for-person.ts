import * as z from 'zod/mini';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import { NotFoundError } from '../../core/errors.ts';
import { keptText, mostOfName, mostOfReason } from '../../core/spec/kept-text.ts';
import { rolloutName } from '../../core/spec/names.ts';
import { type AbortDeps, type AbortResult, abortRollout } from './abort-rollout.ts';

/** What a person, or a tool for one, sends to the abort door. However long the reason or the name is, nobody is turned away for it: it is shortened. */
export const personInput = z.strictObject({
  rollout: rolloutName,
  by: keptText(z.string(), mostOfName),
  why: z._default(keptText(z.string(), mostOfReason), ''),
});
export type PersonInput = z.infer<typeof personInput>;

/** @throws NotFoundError where nothing of that service is under way. */
export async function abortForPerson(
  deps: AbortDeps,
  { rollout, by, why }: PersonInput,
): Promise<{ outcome: AbortResult['outcome']; rolloutId: string }> {
  const lock = await new Rollouts(deps.store, deps.clock).readLock(rollout);
  if (lock === undefined || lock.rolloutId === '') {
    throw new NotFoundError(`No rollout of ${rollout} is under way.`, { remedy: 'See `sluice status`.' });
  }
  const { rolloutId } = lock;
  const reasonGiven = why === '' ? 'no reason given' : why;
  const result = await abortRollout(deps, {
    rollout,
    rolloutId,
    reason: 'abort',
    why: `Aborted by ${by}: ${reasonGiven}.`,
    actor: { kind: 'person', id: by },
  });
  return { outcome: result.outcome, rolloutId };
}

import { rolloutBegunBy } from '../../adapters/store/begun-executions.ts';
import { Specs } from '../../adapters/store/specs.ts';
import type { Actor } from '../../core/rollout/record.ts';
import { ecrPushEvent, type ImagePush, imagePushOf } from '../../core/spec/events.ts';
import { parseStartInput } from '../../core/spec/inputs.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import type { CaughtError } from './caught-error.ts';
import { specsForPush } from './specs-for-push.ts';

export type AnnounceRefusalDeps = Pick<Deps, 'store' | 'clock' | 'events' | 'log'>;

/** An execution that Begin has failed in for good. */
export interface FailedStart extends CaughtError {
  readonly executionArn: string;
  /** Whatever it was started with. */
  readonly input: unknown;
}

/**
 * Tells of a start that came to nothing: what it asked for was refused, or what it needs did not answer until the retries ran out. There is no
 * rollout whose record or history could hold it, so that nothing but the bus is needed; the store is asked for the name, for the channel, and for
 * whether there is a rollout after all, of which its rollback tells then (P1).
 *
 * @throws AwsUnavailableError where the bus does not take it: to be tried again, under the same id.
 */
export async function announceRefusal(deps: AnnounceRefusalDeps, start: FailedStart): Promise<'told' | 'begun'> {
  const { executionArn, error, why } = start;
  const asked = askedFor(start.input);
  const found = await lookUp(deps, executionArn, asked);
  if (found.begun) return 'begun';
  const { rollout = asked.rollout, notify } = found;
  await deps.events.publish([
    {
      id: `${executionArn}/refused`,
      detailType: 'Rollout Refused',
      atMs: deps.clock.now(),
      detail: {
        executionArn,
        error,
        reason: found.known ? why : `${why} ${unknown}`,
        ...(rollout === undefined ? {} : { rollout }),
        ...asked.says,
        ...(notify === undefined ? {} : { notify }),
      },
    },
  ]);
  return 'told';
}

const unknown = 'The store did not say whether the service was taken by then; if it was, the sweep puts it back.';

interface Asked {
  readonly rollout?: string;
  readonly push?: ImagePush;
  /** What the event repeats of it. */
  readonly says: { readonly image?: string; readonly tag?: string; readonly actor?: Actor };
}

/** By its input alone, which may be anything. */
function askedFor(input: unknown): Asked {
  const event = ecrPushEvent.safeParse(input);
  const push = event.success ? imagePushOf(event.data) : undefined;
  if (push !== undefined && !('ignored' in push)) {
    const { repository, digest, tag } = push;
    return { push, says: { image: `${repository}@${digest}`, tag, actor: { kind: 'push', id: tag } } };
  }
  const typed = parseStartInput(input);
  if (!typed.ok) return { says: {} };
  const { rollout, image, actor = { kind: 'person', id: 'console' } } = typed.input;
  return { rollout, says: { image, actor } };
}

interface LookedUp {
  /** False where the store did not answer. */
  readonly known: boolean;
  readonly begun: boolean;
  readonly rollout?: string;
  readonly notify?: { readonly channel: string };
}

async function lookUp(deps: AnnounceRefusalDeps, executionArn: string, asked: Asked): Promise<LookedUp> {
  try {
    const spec = await specFor(new Specs(deps.store), asked);
    if (spec === undefined) return { known: true, begun: false };
    return {
      known: true,
      begun: (await rolloutBegunBy(deps.store, spec.name, executionArn)) !== undefined,
      rollout: spec.name,
      notify: { channel: spec.notifications.channel },
    };
  } catch (error) {
    deps.log.error('could not look up whose start it was', error);
    return { known: false, begun: false };
  }
}

async function specFor(specs: Specs, { rollout, push }: Asked): Promise<RolloutSpec | undefined> {
  if (push !== undefined) return (await specsForPush(specs, push))[0]?.spec;
  return rollout === undefined ? undefined : (await specs.find(rollout))?.spec;
}

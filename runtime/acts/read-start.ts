import { Specs, type StoredSpec } from '../../adapters/store/specs.ts';
import { InvalidInputError, RolloutRefusedError } from '../../core/errors.ts';
import { formatProblemLine } from '../../core/spec/diagnostic.ts';
import { ecrPushEvent, imagePushOf } from '../../core/spec/events.ts';
import type { ImageReference } from '../../core/spec/image-reference.ts';
import { parseStartInput } from '../../core/spec/inputs.ts';
import { specsForPush } from './specs-for-push.ts';
import type { BeginDeps, Start } from './start.ts';

/** The execution that asks: what it was given, and when. */
export interface StartingExecution {
  readonly input: unknown;
  readonly executionArn: string;
  readonly executionStartedAtMs: number;
}

export type StartRead = { readonly outcome: 'start'; readonly start: Start } | { readonly outcome: 'ignored'; readonly reason: string };

/**
 * What an execution was started for: an image push as ECR's event tells it, or what a person typed in the console or the command.
 *
 * @throws InvalidInputError, NotFoundError, RolloutRefusedError where the spec is retired.
 */
export async function readStart(deps: BeginDeps, execution: StartingExecution): Promise<StartRead> {
  const push = ecrPushEvent.safeParse(execution.input);
  return push.success ? readPush(deps, execution, push.data) : readTyped(deps, execution);
}

/**
 * A push may mean several services: the first one is this execution's, and each of the others gets an execution of its own, named by
 * the event so that a second delivery starts no second one.
 */
async function readPush(deps: BeginDeps, execution: StartingExecution, event: Parameters<typeof imagePushOf>[0]): Promise<StartRead> {
  const push = imagePushOf(event);
  if ('ignored' in push) return { outcome: 'ignored', reason: push.ignored };
  const [mine, ...others] = await specsForPush(new Specs(deps.store), push);
  if (mine === undefined) {
    return { outcome: 'ignored', reason: `No spec takes the tag ${push.tag} of ${push.repository}.` };
  }
  for (const other of others) {
    await deps.executions.start('rollout', `${other.spec.name}-${event.id}`.slice(0, 80), {
      rollout: other.spec.name,
      image: push.digest,
      actor: { kind: 'push', id: push.tag },
    });
  }
  const found = await deps.images.resolve(push.repository, push.digest);
  const image = { repository: push.repository, digest: push.digest, tag: push.tag, pushedAtMs: found.pushedAtMs };
  return {
    outcome: 'start',
    start: { ...startOf(execution), stored: mine, image, actor: { kind: 'push', id: push.tag }, eventId: event.id },
  };
}

async function readTyped(deps: BeginDeps, execution: StartingExecution): Promise<StartRead> {
  const parsed = parseStartInput(execution.input);
  if (!parsed.ok) {
    throw new InvalidInputError(
      `The input is not one that starts a rollout: ${parsed.problems.map((problem) => formatProblemLine(problem)).join('; ')}.`,
      {
        remedy: 'Give {"rollout": "checkout", "image": "v1.4.2"}, with a tag or a digest of the spec\'s repository.',
      },
    );
  }
  const { rollout, image: text, force, actor } = parsed.input;
  const stored = await new Specs(deps.store).load(rollout);
  if (stored.retiredAtMs !== undefined) {
    throw new RolloutRefusedError(`${rollout} is retired: its file was removed from what is deployed.`, {
      remedy: 'Bring the file back, or apply it with `sluice apply`.',
    });
  }
  return {
    outcome: 'start',
    start: {
      ...startOf(execution),
      stored,
      image: await resolveImage(deps, stored, parsed.image, text),
      actor: actor ?? { kind: 'person', id: 'console' },
      force: force === undefined ? undefined : `${force.by}: ${force.why}`,
    },
  };
}

function startOf(execution: StartingExecution) {
  return {
    executionArn: execution.executionArn,
    executionStartedAtMs: execution.executionStartedAtMs,
    force: undefined,
    eventId: undefined,
  };
}

async function resolveImage(deps: BeginDeps, stored: StoredSpec, reference: ImageReference, text: string): Promise<Start['image']> {
  const { repository } = stored.spec.image;
  if (reference.repository !== undefined && reference.repository !== repository) {
    throw new InvalidInputError(`${text} is not an image of ${repository}, which ${stored.spec.name} rolls out.`, {
      remedy: 'Give a tag or a digest of that repository.',
    });
  }
  const found = await deps.images.resolve(repository, reference.digest ?? reference.tag ?? text);
  const tag = reference.tag ?? found.tags[0];
  return { repository, digest: found.digest, pushedAtMs: found.pushedAtMs, ...(tag === undefined ? {} : { tag }) };
}

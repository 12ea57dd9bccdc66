import { Specs, type StoredSpec } from '../../../adapters/store/specs.ts';
import { Turns } from '../../../adapters/store/turns.ts';
import type { ImageFound } from '../../../core/ports.ts';
import { matchesTag } from '../../../core/spec/tag-match.ts';
import type { Deps } from '../../deps.ts';
import { atMost } from './at-most.ts';
import { SweepTurn } from './sweep-turn.ts';

/**
 * ECR's events are best effort. An image this young may still be announced by its own; one that is announced later all the same finds
 * its rollout begun. Short, so that a lost push is found by the next run of the sweep, within a minute (O2).
 */
const graceSeconds = 5;
/** How far back the sweep looks for a push that nobody dealt with: 60 runs, in which 120,000 services have their turn. */
const lookBackSeconds = 3600;

/** What one run looks at of all services; the rest has its turn in the next runs. */
export interface PushBounds {
  readonly services: number;
  /** For how long it begins to look at services, however slowly ECR answers: what comes after it in the sweep needs the rest. */
  readonly seconds: number;
}

/**
 * Each of up to 2,000 services every minute, each of 10,000 within 5. All of them at once would take more than the Lambda has: ECR answers
 * in some 40 ms, ten at a time, so that 2,000 take 8 seconds.
 */
export const pushBounds: PushBounds = { services: 2_000, seconds: 12 };
/** At a time. */
const registryRequests = 10;

export interface SweptPushes {
  /** The executions that it started. */
  readonly started: readonly string[];
  /** How many services have their turn in a later run. */
  readonly postponed: number;
}

type PushDeps = Pick<Deps, 'store' | 'clock' | 'images' | 'executions' | 'log'>;

/**
 * Starts a rollout for the newest image of each service whose push was never heard of (O2): of as many services as one run can look at, and the
 * next run goes on behind them. One whose rollout cannot be started keeps the others from nothing.
 *
 * @throws The first of those errors, when all that this run can look at are done.
 */
export async function sweepPushes(deps: PushDeps, bounds = pushBounds): Promise<SweptPushes> {
  const services = (await new Specs(deps.store).list()).filter(({ retiredAtMs }) => retiredAtMs === undefined);
  const turn = new SweepTurn(deps.store, 'pushes');
  const few = services.length <= registryRequests;
  const inTurn = few ? services : await turn.order(services, ({ spec }) => spec.name);
  const rollouts = new Turns(deps.store, deps.clock);
  const untilMs = deps.clock.now() + bounds.seconds * 1000;
  const started: string[] = [];
  const errors: unknown[] = [];
  let looked = 0;
  await atMost(registryRequests, inTurn.slice(0, bounds.services), async (service, index) => {
    if (deps.clock.now() >= untilMs) return;
    // Those in front of it were begun before it, so that these are the first so many.
    looked = index + 1;
    try {
      started.push(...(await startNewest(deps, rollouts, service)));
    } catch (error) {
      deps.log.error('could not start a rollout for a lost push', error, { rollout: service.spec.name });
      errors.push(error);
    }
  });
  const last = inTurn[looked - 1];
  const postponed = services.length - looked;
  if (last !== undefined && postponed > 0) await turn.end(last.spec.name);
  if (errors.length > 0) throw errors[0];
  return { started, postponed };
}

/** The name of the execution, or nothing where there is nothing to start. */
async function startNewest(deps: PushDeps, rollouts: Turns, service: StoredSpec): Promise<string[]> {
  const { spec } = service;
  const image = await newestUnseen(deps, rollouts, service);
  if (image === undefined) return [];
  const name = `${spec.name}-push-${image.digest.replace(/^sha256:/, '').slice(0, 16)}`;
  const actor = { kind: 'sweep', id: 'lost push' };
  const answer = await deps.executions.start('rollout', name, { rollout: spec.name, image: image.digest, actor });
  return answer === 'started' ? [name] : [];
}

async function newestUnseen(
  deps: Pick<Deps, 'clock' | 'images' | 'log'>,
  rollouts: Turns,
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

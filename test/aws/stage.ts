import type { RolloutSummary } from '../../cli/connection/connection.ts';
import { DeadlineExceededError, RolloutRefusedError } from '../../core/errors.ts';
import type { Means } from './means.ts';
import type { RunNames } from './names.ts';
import { bakeWeight } from './spec.ts';

/** What came of a story. */
export interface StoryResult {
  readonly name: string;
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'notPlayed';
  /** Sentences: what did not hold. */
  readonly wrong: readonly string[];
  readonly timesMs: Readonly<Record<string, number>>;
  /** By which it is found again in the account. */
  readonly ids: Readonly<Record<string, string>>;
}

/** One story. It throws where it cannot go on; what else does not hold, it says by `expect`. */
export interface Story {
  readonly name: string;
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}

export interface StageParts {
  readonly means: Means;
  readonly names: RunNames;
  readonly tell: (line: string) => void;
  /** Aborted by Ctrl-C: waiting then ends at once. */
  readonly interrupted: AbortSignal;
}

const endedPhases = ['succeeded', 'rolledBack', 'failed'];

/** What a story has at hand, and where it leaves what it found. */
export class Stage {
  readonly means: Means;
  readonly names: RunNames;
  readonly tell: (line: string) => void;
  readonly wrong: string[] = [];
  readonly timesMs: Record<string, number> = {};
  readonly ids: Record<string, string> = {};
  readonly #interrupted: AbortSignal;
  #told = '';

  constructor({ means, names, tell, interrupted }: StageParts) {
    this.means = means;
    this.names = names;
    this.tell = tell;
    this.#interrupted = interrupted;
  }

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.wrong.push(otherwise);
  }

  /**
   * Looks until something is found.
   * @throws DeadlineExceededError after so many seconds; the signal's reason after Ctrl-C.
   */
  async until<T>(what: string, seconds: number, look: () => Promise<T | undefined>, everyMs = 2000): Promise<T> {
    const { clock } = this.means;
    const endMs = clock.now() + seconds * 1000;
    for (;;) {
      this.#interrupted.throwIfAborted();
      const found = await look();
      if (found !== undefined) return found;
      if (clock.now() > endMs) {
        throw new DeadlineExceededError(`After ${seconds} s there was still not ${what}.`, {
          remedy: `See the console of Step Functions for the executions of ${this.names.prefix}-rollout.`,
        });
      }
      await clock.sleep(everyMs, this.#interrupted);
    }
  }

  /** The ids of all rollouts so far. */
  async rolloutIds(): Promise<Set<string>> {
    return new Set((await this.#rollouts()).map(({ rolloutId }) => rolloutId));
  }

  /**
   * The rollout that was not there before. With the ARN of the execution that is to begin it, a start that was refused ends the wait.
   * @throws RolloutRefusedError, DeadlineExceededError
   */
  async untilBegun(before: ReadonlySet<string>, seconds: number, executionArn?: string): Promise<RolloutSummary> {
    const begun = await this.until('a rollout', seconds, async () => {
      const found = (await this.#rollouts()).find(({ rolloutId }) => !before.has(rolloutId));
      if (found === undefined && executionArn !== undefined) await this.#refuseRefused(executionArn);
      return found;
    });
    this.ids['rollout'] = begun.rolloutId;
    this.ids['execution'] = begun.executionArn;
    this.tell(`  ${begun.rolloutId} has begun, by ${begun.actor.kind} ${begun.actor.id}`);
    return begun;
  }

  /** Waits until the first step is in the middle of its bake. */
  untilBaking(rolloutId: string, seconds: number): Promise<RolloutSummary> {
    const bakes = ({ phase, weight, bakedSeconds }: RolloutSummary) => phase === 'progressing' && weight === bakeWeight && bakedSeconds > 0;
    return this.#follow(rolloutId, `the middle of the bake at weight ${bakeWeight}`, seconds, (now) => {
      if (endedPhases.includes(now.phase)) throw endedTooSoon(now);
      return bakes(now);
    });
  }

  untilEnded(rolloutId: string, seconds: number): Promise<RolloutSummary> {
    return this.#follow(rolloutId, 'an end of the rollout', seconds, ({ phase }) => endedPhases.includes(phase));
  }

  /** When the history has a line of that kind, by the clock of the Lambda that wrote it. */
  async historyAtMs(rolloutId: string, what: string): Promise<number | undefined> {
    return (await this.means.connection.history(rolloutId)).find((entry) => entry.what === what)?.atMs;
  }

  /** All traffic is on stable, and the rollout has left nothing on the route. */
  async expectAllOnStable(): Promise<void> {
    const { stable, canary } = await this.means.route();
    this.expect(canary === 0 && stable > 0, `the route says stable ${stable}, canary ${canary} in the end`);
  }

  async expectStableRuns(digest: string): Promise<void> {
    const image = await this.means.stableImage();
    this.expect(image.endsWith(`@${digest}`), `stable runs ${image} in the end, not ${digest}`);
  }

  expectEnd({ phase, rollbackReason, reason }: RolloutSummary, wanted: { phase: string; rollbackReason?: string }): void {
    const found = `${phase}${rollbackReason === undefined ? '' : ` for ${rollbackReason}`}`;
    const meant = `${wanted.phase}${wanted.rollbackReason === undefined ? '' : ` for ${wanted.rollbackReason}`}`;
    this.expect(found === meant, `the rollout ended ${found}, not ${meant}: ${reason ?? 'no reason is recorded'}`);
  }

  async #rollouts(): Promise<RolloutSummary[]> {
    const [service] = (await this.means.connection.status(this.names.service)).services;
    return service === undefined ? [] : [...(service.present === undefined ? [] : [service.present]), ...service.past];
  }

  #follow(rolloutId: string, what: string, seconds: number, holds: (now: RolloutSummary) => boolean): Promise<RolloutSummary> {
    return this.until(what, seconds, async () => {
      const now = (await this.#rollouts()).find((each) => each.rolloutId === rolloutId);
      if (now === undefined) return undefined;
      this.#tellChange(now);
      return holds(now) ? now : undefined;
    });
  }

  #tellChange({ rolloutId, phase, weight, totalWeight, rollbackReason }: RolloutSummary): void {
    const because = rollbackReason === undefined ? '' : `, for ${rollbackReason}`;
    const line = `  ${rolloutId}: ${phase}${because}, weight ${weight} of ${totalWeight}`;
    if (line !== this.#told) this.tell(line);
    this.#told = line;
  }

  async #refuseRefused(executionArn: string): Promise<void> {
    const { status, error, cause, reason } = await this.means.connection.execution(executionArn);
    if (status === 'running' || status === 'unknown') return;
    const why = [error, cause, reason].filter((part) => part !== undefined).join(', ');
    throw new RolloutRefusedError(`The execution ended ${status} and began no rollout${why === '' ? '' : `: ${why}`}.`, {
      remedy: 'Its last state in the console of Step Functions says more.',
    });
  }
}

function endedTooSoon({ rolloutId, phase, rollbackReason, reason }: RolloutSummary): RolloutRefusedError {
  const because = [rollbackReason, reason].filter((part) => part !== undefined).join(': ');
  return new RolloutRefusedError(`${rolloutId} ended ${phase} before the story was played${because === '' ? '' : ` (${because})`}.`, {
    remedy: 'Mend what the reason names, and run it again.',
  });
}

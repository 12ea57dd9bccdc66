import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Stage } from '../scenarios/stage.ts';
import type { TailPart } from '../scenarios/tail.ts';
import type { Watcher } from './watcher.ts';

/** What happens in one run besides the faults. */
export interface Story {
  spec(usual: RolloutSpecSource, service: string): RolloutSpecSource;
  /** Resolves when everything that somebody does has been done; each waits for its moment, and is left out where that never comes. */
  tell(): Promise<void>;
}

/** A short run that is played again and again, with another fault each time. */
export interface BaseRun {
  readonly name: string;
  readonly title: string;
  readonly services?: SandboxOptions['services'];
  /** How its rollouts end where no fault befalls it, in the order in which they begin. */
  readonly ends: readonly string[];
  /** It is about a rollback that cannot be verified: people are told, and what is left is theirs to look at. */
  readonly mayFail?: boolean;
  /** Faults befall only those of its effects whose kind no base run before it makes: all else has been shown there. */
  readonly onlyNew?: boolean;
  /** What the story's own hand changes and does not put back. */
  readonly changedByOthers?: readonly TailPart[];
  readonly prepare: (stage: Stage, sandbox: Sandbox, watcher: Watcher) => Story | Promise<Story>;
}

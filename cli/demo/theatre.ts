import type { Deps } from '../../runtime/deps.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { LoadResult } from '../../sandbox/traffic/load.ts';

/** A scenario as far as the demo shows it before it is played. */
export interface DemoScenario {
  readonly name: string;
  readonly title: string;
  readonly promises: readonly string[];
  /** The service that is watched, and the version that its stable runs at the start. */
  readonly service: string;
  readonly stable: string;
}

export interface PlayHooks {
  readonly clock: SandboxClock;
  readonly wrapDeps: (deps: Deps) => Deps;
  readonly onAnswer: (answer: LoadResult) => void;
  /** Called when everything runs, before the story begins. */
  readonly onSandbox: (sandbox: Sandbox) => void;
}

/**
 * Who plays the scenarios. They belong to the tests, which the command may not import, so the demo is handed them: by
 * `test/scenarios/demo.ts`, which is what `npm run demo` starts.
 */
export interface Theatre {
  readonly scenarios: readonly DemoScenario[];
  /** What is played where nobody named a scenario. */
  readonly usual: readonly string[];
  /** Resolves, when all is quiet again, to where the outcome was not as the scenario states. */
  play(scenario: string, hooks: PlayHooks): Promise<readonly string[]>;
}

import type { SandboxClock } from '../../sandbox/clock.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import { interposedDeps } from './interposed-deps.ts';
import type { Interposer } from './interposer.ts';
import { invocationsOf } from './invocations.ts';

/** What puts an interposer before every port, and before the answer, of every Lambda of a sandbox. */
export function interposedSandbox(
  interposer: Interposer,
  clock: SandboxClock,
): Required<Pick<SandboxOptions, 'wrapDeps' | 'wrapFunction'>> {
  interposer.clock = clock;
  return {
    wrapDeps: (deps, act) => (act === undefined ? deps : interposedDeps(interposer, deps, act)),
    wrapFunction: invocationsOf(clock, interposer.answer),
  };
}

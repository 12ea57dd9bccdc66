import type { SandboxExecution, StateEntered } from '../../../sandbox/step-functions/execution.ts';
import type { Invocation } from './call.ts';

/** One state of a recorded execution. */
export type Part =
  | { readonly kind: 'task'; readonly state: string; readonly invocation: Invocation }
  | { readonly kind: 'wait'; readonly state: string; readonly waitMs: number }
  | { readonly kind: 'pass'; readonly state: string };

/** A rollout as it was recorded: what is replayed again and again. */
export type Template = readonly Part[];

/**
 * The states of an execution with what each Task's function did. Undefined where the two do not match: something was retried, and the record
 * would be of a rollout that something befell.
 */
export function templateOf({ states, endedAtMs }: SandboxExecution, invocations: readonly Invocation[]): Template | undefined {
  const left = [...invocations];
  const parts: Part[] = [];
  for (const [index, entered] of states.entries()) {
    if (entered.type === 'Task') {
      const invocation = left.shift();
      if (invocation?.name !== entered.state) return undefined;
      parts.push({ kind: 'task', state: entered.state, invocation });
    } else parts.push(untimed(entered, (states[index + 1]?.atMs ?? endedAtMs ?? entered.atMs) - entered.atMs));
  }
  return left.length === 0 ? parts : undefined;
}

function untimed({ state, type }: StateEntered, tookMs: number): Part {
  return type === 'Wait' ? { kind: 'wait', state, waitMs: tookMs } : { kind: 'pass', state };
}

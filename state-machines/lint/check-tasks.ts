import { longestWatchSeconds } from '../../core/plan/tick.ts';
import type { MachineName } from '../../core/ports.ts';
import { retryPolicy } from './check-error-names.ts';
import { type Machine, type Problem, type State, tasksOf } from './machine.ts';

/**
 * Where a Task that failed for good leads. A rollout leaves by its door, and a door that failed leaves the rest to the sweep; a
 * rollback that failed tells people, but for what is left of the canary, which does not keep the traffic.
 */
const exits: Readonly<Record<MachineName, { readonly usual: string; readonly of: Readonly<Record<string, string>> }>> = {
  rollout: { usual: 'Abort', of: { Abort: 'AbortFailed' } },
  rollback: { usual: 'FailRollback', of: { RemoveCanary: 'FinishRollback', FailRollback: 'RollbackFailed' } },
};

/** What every Task has: a comment, its own function, time limits, the one Retry policy, and a way out. */
export function checkTasks(machine: Machine): Problem[] {
  const { usual, of } = exits[machine.name];
  return tasksOf(machine).flatMap(([name, task]) =>
    [...shape(name, task), ...times(name, task), ...retry(task), ...wayOut(task, of[name] ?? usual)].map((what) => ({ state: name, what })),
  );
}

function shape(name: string, { Comment = '', Resource }: State): string[] {
  const resource = `\${${name}FunctionArn}`;
  return [
    ...(Comment.trim() === '' ? ['has no Comment'] : []),
    ...(Resource === resource ? [] : [`calls ${Resource ?? 'nothing'}; a Task calls the function of its own name, ${resource}`]),
  ];
}

function times(name: string, { TimeoutSeconds, HeartbeatSeconds }: State): string[] {
  if (TimeoutSeconds === undefined) return ['has no TimeoutSeconds'];
  const problems: string[] = [];
  if (HeartbeatSeconds !== undefined && HeartbeatSeconds >= TimeoutSeconds) {
    problems.push(`has a HeartbeatSeconds of ${HeartbeatSeconds}, which is not below its TimeoutSeconds of ${TimeoutSeconds}`);
  }
  if (name === 'RunAnalysis' && TimeoutSeconds <= longestWatchSeconds) {
    problems.push(`may take ${TimeoutSeconds} s, but watches up to ${longestWatchSeconds} s`);
  }
  return problems;
}

function retry({ Retry = [] }: State): string[] {
  const [only, ...others] = Retry;
  if (only === undefined || others.length > 0) return [`has ${Retry.length} entries in Retry; a Task has one`];
  const problems: string[] = [];
  const { ErrorEquals, JitterStrategy, MaxDelaySeconds } = only;
  if (JitterStrategy !== 'FULL') problems.push('retries without jitter: JitterStrategy is to be FULL');
  if (MaxDelaySeconds === undefined) problems.push('retries without MaxDelaySeconds');
  if (ErrorEquals.join() !== retryPolicy.join())
    problems.push('has a Retry list of its own; all Tasks name the same errors in the same order');
  return problems;
}

function wayOut({ Catch = [] }: State, exit: string): string[] {
  const last = Catch.at(-1);
  if (last === undefined || last.ErrorEquals.join() !== 'States.ALL') return ['does not catch States.ALL'];
  const problems = Catch.filter(({ ResultPath }) => ResultPath !== '$.error').map(
    ({ ResultPath }) => `catches into ${ResultPath ?? '$, over its input'}; the door reads $.error`,
  );
  if (last.Next !== exit) problems.push(`leads to ${last.Next} when it fails; it is to lead to ${exit}`);
  return problems;
}

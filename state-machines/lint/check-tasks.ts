import { longestWatchSeconds } from '../../core/plan/tick.ts';
import type { MachineName } from '../../core/ports.ts';
import { fatal, noRoom, retryPolicy } from './check-error-names.ts';
import { type Machine, type Problem, type State, tasksOf } from './machine.ts';

/**
 * Where a Task that failed for good leads. A rollout leaves by its door, and people are told before of one that did not begin; a door that
 * failed leaves the rest to the sweep; a rollback that failed tells people, but for what is left of the canary, which does not keep the traffic.
 */
const exits: Readonly<Record<MachineName, { readonly usual: string; readonly of: Readonly<Record<string, string>> }>> = {
  rollout: { usual: 'Abort', of: { Begin: 'TellRefusal', Abort: 'AbortFailed' } },
  rollback: { usual: 'FailRollback', of: { RemoveCanary: 'FinishRollback', FailRollback: 'RollbackFailed' } },
};

/** How often a Lambda that died without a name for it, or ran out of time, is called again where the rollback depends on it. */
const attemptsOfUnnamed = 3;

/** What every Task has: a comment, its own function, time limits, the one Retry policy, and a way out. */
export function checkTasks(machine: Machine): Problem[] {
  const { usual, of } = exits[machine.name];
  return tasksOf(machine).flatMap(([name, task]) =>
    [...shape(name, task), ...times(name, task), ...retry(task, mustComplete(machine.name, name)), ...wayOut(task, of[name] ?? usual)].map(
      (what) => ({ state: name, what }),
    ),
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

/**
 * A Task that dies in a rollout leaves by its door, into a rollback; a rollback must complete. Its Tasks, and the door, are called again
 * after a crash without a name and a time-out too.
 */
function mustComplete(machine: MachineName, name: string): boolean {
  return machine === 'rollback' || name === 'Abort';
}

function retry({ Retry = [] }: State, completes: boolean): string[] {
  const wanted = completes ? 4 : 2;
  const [room, named, ...others] = Retry;
  if (room === undefined || named === undefined || Retry.length !== wanted)
    return [`has ${Retry.length} entries in Retry; it is to have ${wanted}`];
  const problems = [...backOff(room), ...backOff(named)];
  if (room.ErrorEquals.join() !== noRoom) problems.push(`does not try ${noRoom} again first, apart from the others`);
  if (named.ErrorEquals.join() !== retryPolicy.join())
    problems.push('has a Retry list of its own; all Tasks name the same errors in the same order');
  const [apart, unnamed] = others;
  if (apart === undefined || unnamed === undefined) return problems;
  if (apart.ErrorEquals.join() !== fatal.join() || apart.MaxAttempts !== 0)
    problems.push('does not set every fatal error apart, with a MaxAttempts of 0, before it tries all others again');
  if (unnamed.ErrorEquals.join() !== 'States.ALL' || unnamed.MaxAttempts !== attemptsOfUnnamed)
    problems.push(`does not try States.ALL again last, with a MaxAttempts of ${attemptsOfUnnamed}`);
  return [...problems, ...backOff(unnamed)];
}

function backOff({ JitterStrategy, MaxDelaySeconds }: NonNullable<State['Retry']>[number]): string[] {
  return [
    ...(JitterStrategy === 'FULL' ? [] : ['retries without jitter: JitterStrategy is to be FULL']),
    ...(MaxDelaySeconds === undefined ? ['retries without MaxDelaySeconds'] : []),
  ];
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

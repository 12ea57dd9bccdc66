import validate from 'asl-validator';
import { checkErrorNames } from './check-error-names.ts';
import { checkPaths } from './check-paths.ts';
import { checkTasks } from './check-tasks.ts';
import type { Machine, Problem } from './machine.ts';

/** Everything that can be said of one machine from its file alone. The machine is left as it is. */
export function checkMachine(machine: Machine): Problem[] {
  return [...checkLanguage(machine), ...checkWhole(machine), ...checkErrorNames(machine), ...checkTasks(machine), ...checkPaths(machine)];
}

/**
 * The Amazon States Language itself: unknown fields, dangling and unreachable states, malformed paths. It looks at ARNs too, since
 * without that every Resource fits two of the validator's schemas at once, and is refused.
 */
function checkLanguage({ definition }: Machine): Problem[] {
  // The validator writes QueryLanguage into what it is given.
  const { isValid, errorsText } = validate(structuredClone(definition), { checkArn: true, checkPaths: true });
  return isValid ? [] : [{ state: '', what: errorsText('; ') }];
}

function checkWhole({ definition }: Machine): Problem[] {
  const problems: Problem[] = [];
  if ((definition.Comment ?? '').trim() === '') problems.push({ state: '', what: 'The machine has no Comment' });
  if (definition.TimeoutSeconds === undefined) problems.push({ state: '', what: 'The machine has no TimeoutSeconds' });
  for (const [state, { Type, Default }] of Object.entries(definition.States)) {
    if (Type === 'Choice' && Default === undefined) problems.push({ state, what: 'has no Default' });
    if (Type === 'Map' || Type === 'Parallel') problems.push({ state, what: `is a ${Type}, into which these checks do not look` });
  }
  return problems;
}

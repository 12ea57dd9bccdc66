import { describe, expect, it } from 'vitest';
import { checkMachine } from '../../state-machines/lint/check-machine.ts';
import { formatProblem } from '../../state-machines/lint/machine.ts';
import { machineNames, readMachine } from '../../state-machines/lint/read.ts';
import { planted, withState } from './planted.ts';

const whats = (machine: Parameters<typeof checkMachine>[0]) => checkMachine(machine).map((problem) => formatProblem(machine.name, problem));

describe('a state machine as a whole', () => {
  it.each(machineNames)('%s holds, and is left as it was', (name) => {
    const machine = readMachine(name);
    expect(checkMachine(machine)).toEqual([]);
    expect(machine).toEqual(readMachine(name));
  });

  it.each([
    ['a state that does not exist', withState('rollout', 'Bake', { Next: 'RunAnalyses' }), /MISSING_TRANSITION_TARGET.*RunAnalyses/],
    [
      'a state that nothing leads to',
      withState('rollback', 'WhereIsTraffic', { Choices: [], Default: 'Drain' }),
      /rollback\.asl\.json: .*/,
    ],
    ['a field that does not exist', withState('rollout', 'Bake', { Untill: 1 }), /SCHEMA_VALIDATION_FAILED/],
    ['a malformed path', withState('rollout', 'Bake', { SecondsPath: 'waitSeconds' }), /SCHEMA_VALIDATION_FAILED/],
    ['a resource that is no ARN', withState('rollout', 'SetWeight', { Resource: 'set-weight' }), /SCHEMA_VALIDATION_FAILED/],
    ['two query languages', withState('rollout', 'Bake', { QueryLanguage: 'JSONata' }), /SCHEMA_VALIDATION_FAILED/],
    ['no comment', planted('rollout', (definition) => void delete definition.Comment), /: The machine has no Comment$/],
    ['no time limit', planted('rollout', (definition) => void delete definition.TimeoutSeconds), /: The machine has no TimeoutSeconds$/],
    ['a Choice without a Default', withState('rollout', 'NextAction', { Default: undefined }), /: NextAction has no Default$/],
    ['a Map', withState('rollout', 'Bake', { Type: 'Map' }), /: Bake is a Map, into which these checks do not look$/],
  ])('does not hold with %s', (_, machine, expected) => {
    expect(whats(machine)).toContainEqual(expect.stringMatching(expected));
  });
});

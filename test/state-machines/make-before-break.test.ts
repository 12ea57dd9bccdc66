import { describe, expect, it } from 'vitest';
import type { Definition } from '../../state-machines/lint/machine.ts';
import { machineNames, readMachine } from '../../state-machines/lint/read.ts';

/** The states that can lead to a state, by whatever way. */
function statesBefore({ States }: Definition, name: string): string[] {
  return Object.entries(States)
    .filter(([, state]) => {
      const choices = (state.Choices ?? []).map(({ Next }) => Next);
      const catches = (state.Catch ?? []).map(({ Next }) => Next);
      return [state.Next, state.Default, ...choices, ...catches].includes(name);
    })
    .map(([from]) => from);
}

describe('T8: making and removing', () => {
  it.each(machineNames)('the %s machine removes the canary after the drain, whatever way it came', (name) => {
    expect(statesBefore(readMachine(name).definition, 'RemoveCanary')).toEqual(['Drain']);
  });

  it.each([
    ['rollout', ['ReturnTraffic']],
    ['rollback', ['WhereIsTraffic', 'IsAllReturned']],
  ] as const)('the %s machine drains when the traffic is on stable', (name, from) => {
    const { definition } = readMachine(name);
    expect(statesBefore(definition, 'Drain')).toEqual(from);
    expect(definition.States['Drain']?.SecondsPath).toBe('$.waitSeconds');
  });

  it('a weight is set when the canary was found ready, and nowhere else but for its own restoring', () => {
    const { definition } = readMachine('rollout');
    expect(statesBefore(definition, 'SetWeight')).toEqual(['IsReady', 'NextAction']);
    expect(statesBefore(definition, 'IsReady')).toEqual(['AwaitReady']);
    expect(statesBefore(definition, 'AwaitReady')).toContain('DeployCanary');
  });
});

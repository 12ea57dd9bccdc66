import { describe, expect, it } from 'vitest';
import rollback from '../../state-machines/rollback.asl.json' with { type: 'json' };
import rollout from '../../state-machines/rollout.asl.json' with { type: 'json' };

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly SecondsPath?: string;
}

const machines: Readonly<Record<string, Readonly<Record<string, State>>>> = { rollout: rollout.States, rollback: rollback.States };

function statesBefore(states: Readonly<Record<string, State>>, name: string): string[] {
  return Object.entries(states).flatMap(([from, { Next, Default, Choices = [], Catch = [] }]) =>
    [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((caught) => caught.Next)].includes(name) ? [from] : [],
  );
}

describe.each(['rollout', 'rollback'])('T8: open streams in the %s machine', (machine) => {
  const states = machines[machine] ?? {};

  it('have the whole drain before pods are removed, on every way there', () => {
    expect(statesBefore(states, 'RemoveCanary')).toEqual(['Drain']);
    expect(states['Drain']).toMatchObject({ Type: 'Wait', SecondsPath: '$.waitSeconds' });
  });

  it('begin to drain only behind a state that has left no weight on the canary', () => {
    const allowed = { rollout: ['ReturnTraffic'], rollback: ['WhereIsTraffic', 'IsAllReturned'] }[machine];
    expect(statesBefore(states, 'Drain')).toEqual(allowed);
  });
});

it('T8: the rollback machine drains without ReturnTraffic only where RestoreTraffic left everything on stable', () => {
  const { WhereIsTraffic } = rollback.States;
  expect(WhereIsTraffic.Choices).toEqual([
    { Variable: '$.outcome', StringEquals: 'held', Next: 'RestoreStable' },
    { Variable: '$.outcome', StringEquals: 'returning', Next: 'ReturnTraffic' },
  ]);
  expect(statesBefore(machines['rollback'] ?? {}, 'WhereIsTraffic')).toEqual(['VerifyTraffic']);
  expect(statesBefore(machines['rollback'] ?? {}, 'VerifyTraffic')).toEqual(['RestoreTraffic']);
});

describe('T7: the return in steps', () => {
  const states = machines['rollback'] ?? {};

  it('goes round by a wait until all traffic is back, and drains only then', () => {
    expect(rollback.States.ReturnTraffic.Next).toBe('IsAllReturned');
    expect(rollback.States.IsAllReturned).toMatchObject({
      Choices: [
        { Variable: '$.outcome', StringEquals: 'returning', Next: 'WaitForCapacity' },
        { Variable: '$.outcome', StringEquals: 'held', Next: 'RestoreStable' },
      ],
      Default: 'Drain',
    });
    expect(states['WaitForCapacity']).toMatchObject({ Type: 'Wait', SecondsPath: '$.waitSeconds', Next: 'ReturnTraffic' });
  });
});

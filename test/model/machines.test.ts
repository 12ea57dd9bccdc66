import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { afterRollbackError, leftOut, rollbackMachine, rolloutMachine, type Task } from './machines.ts';
import { tasks } from './tasks.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}

function statesOf(machine: string): Readonly<Record<string, State>> {
  const text = readFileSync(new URL(`../../state-machines/${machine}.asl.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { States: Record<string, State> }).States;
}

/** The Tasks that come next, through waits and choices. */
function nextTasks(states: Readonly<Record<string, State>>, from: readonly (string | undefined)[], seen = new Set<string>()): string[] {
  return from.flatMap((name) => {
    const state = states[name ?? ''];
    if (name === undefined || state === undefined || seen.has(name)) return [];
    seen.add(name);
    if (state.Type === 'Task' && !leftOut.tells.includes(name)) return [name];
    return nextTasks(states, [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)], seen);
  });
}

function graphOf(machine: string): Record<string, string[]> {
  const states = statesOf(machine);
  const named = Object.entries(states).filter(([name, { Type }]) => Type === 'Task' && !leftOut.tells.includes(name));
  return Object.fromEntries(named.map(([name, { Next }]) => [name, nextTasks(states, [Next]).sort()]));
}

function sorted(...graphs: (typeof rolloutMachine)[]): Record<string, string[]> {
  const names = new Set(graphs.flatMap((graph) => Object.keys(graph)));
  return Object.fromEntries([...names].map((name) => [name, graphs.flatMap((graph) => [...(graph[name as Task] ?? [])]).sort()]));
}

describe('the machines of the model', () => {
  it('have the Tasks of the rollout machine in its order', () => {
    const { Begin, ...rest } = graphOf('rollout');
    // An outcome of Begin that nobody knows leads to the door, too.
    expect({ ...rest, Begin: Begin?.filter((name) => name !== 'Abort') }).toEqual(sorted(rolloutMachine));
  });

  it('have the Tasks of the rollback machine in its order', () => {
    expect(graphOf('rollback')).toEqual(sorted(rollbackMachine, leftOut.rollback));
  });

  it('lead from every error of a rollout to the door', () => {
    const states = statesOf('rollout');
    for (const name of Object.keys(rolloutMachine).filter((task) => task !== 'Abort')) {
      expect([
        name,
        ...nextTasks(
          states,
          (states[name]?.Catch ?? []).map(({ Next }) => Next),
        ),
      ]).toEqual([name, 'Abort']);
    }
  });

  it('lead from an error of a rollback to where the state machine does', () => {
    const states = statesOf('rollback');
    for (const name of Object.keys(rollbackMachine) as Task[]) {
      const next = nextTasks(
        states,
        (states[name]?.Catch ?? []).map(({ Next }) => Next),
      );
      expect([name, next[0]]).toEqual([name, afterRollbackError(name)]);
    }
  });

  it('know no Task that is in neither, but for the sweep', () => {
    const known = [...Object.keys(rolloutMachine), ...Object.keys(rollbackMachine), 'SweepRollback'];
    expect(Object.keys(tasks).filter((task) => !known.includes(task))).toEqual([]);
  });
});

import type { MachineName } from '../../core/ports.ts';
import type { Machine, State } from '../../state-machines/lint/machine.ts';
import { readMachine } from '../../state-machines/lint/read.ts';

/** A machine of the house with one thing changed. */
export function planted(name: MachineName, change: (definition: Machine['definition']) => void): Machine {
  const machine = readMachine(name);
  change(machine.definition);
  return machine;
}

/** One of its states, laid over with other fields; an undefined one is taken away. */
export function withState(name: MachineName, stateName: string, fields: Readonly<Record<string, unknown>>): Machine {
  return planted(name, ({ States }) => {
    const state: Record<string, unknown> = { ...States[stateName], ...fields };
    for (const [field, value] of Object.entries(fields)) if (value === undefined) delete state[field];
    States[stateName] = state as State;
  });
}

/** The Retry that all Tasks share, with other fields, or other names of errors, in the entry for what can pass. */
export function retryWith(fields: Readonly<Record<string, unknown>>): unknown[] {
  return (readMachine('rollout').definition.States['SetWeight']?.Retry ?? []).map((entry, index) =>
    index === 1 ? { ...entry, ...fields } : entry,
  );
}

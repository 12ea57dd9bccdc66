import { readFileSync } from 'node:fs';
import { InvalidInputError } from '../../core/errors.ts';
import type { MachineName } from '../../core/ports.ts';
import type { Release, Sandbox } from '../../sandbox/sandbox.ts';

/** A Lambda that was called, and in which version. */
export interface VersionedCall {
  readonly version: 'old' | 'new';
  readonly name: string;
}

/**
 * Two releases of the controller that differ as two versions do: in the definitions of both machines, and in the payload. The old one
 * writes payloads of the previous version, also to the machine that it starts, and refuses those of the present one, of which it knows
 * nothing. Both note who is called.
 */
export function twoReleases(): { readonly before: Release; readonly after: Release; readonly calls: VersionedCall[] } {
  const calls: VersionedCall[] = [];
  const before: Release = {
    wrapFunction: (name, handler) => async (event) => {
      calls.push({ version: 'old', name });
      if (versionOf(event) === 2) throw new InvalidInputError('The payload has version 2.', { remedy: 'This version takes 1.' });
      return asVersion1(await handler(event));
    },
    wrapDeps: (deps) => ({
      ...deps,
      executions: {
        start: (machine, name, input) => deps.executions.start(machine, name, asVersion1(input) as Readonly<Record<string, unknown>>),
        describe: (query) => deps.executions.describe(query),
        stop: (arn, reason) => deps.executions.stop(arn, reason),
      },
    }),
  };
  const after: Release = {
    definitions: { rollout: changedDefinition('rollout'), rollback: changedDefinition('rollback') },
    wrapFunction: (name, handler) => (event) => {
      calls.push({ version: 'new', name });
      return handler(event);
    },
  };
  return { before, after, calls };
}

export function deploy(sandbox: Sandbox, release: Release): void {
  sandbox.deployMachines(release);
  sandbox.deployDoors(release);
}

/** The names that the changed definitions have, and the present ones have not. */
export const newStates = { first: 'Welcome', drain: 'DrainConnections' } as const;

type Definition = NonNullable<NonNullable<Release['definitions']>['rollout']>;

/** A state more at the beginning, and one that has another name and comment. */
function changedDefinition(machine: MachineName): Definition {
  const text = readFileSync(new URL(`../../state-machines/${machine}.asl.json`, import.meta.url), 'utf8');
  const { StartAt, States, ...rest } = JSON.parse(text.replaceAll('"Drain"', `"${newStates.drain}"`)) as Definition;
  return {
    ...rest,
    Comment: 'Another version.',
    StartAt: newStates.first,
    States: { [newStates.first]: { Type: 'Pass', Next: StartAt }, ...States },
  };
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'payloadVersion' in value ? value.payloadVersion : undefined;
}

/** What the version before this one would have written: no count of ticks, and no mesh in its door. */
function asVersion1(value: unknown): unknown {
  if (versionOf(value) !== 2) return value;
  const { ticks: _ticks, door, ...rest } = value as { ticks: unknown; door: Record<string, unknown> };
  const { routerKind: _kind, ...oldDoor } = door;
  return { ...rest, payloadVersion: 1, door: oldDoor };
}

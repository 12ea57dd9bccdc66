import { readdirSync, readFileSync } from 'node:fs';
import type { MachineName } from '../../core/ports.ts';
import type { FunctionFile } from './check-functions.ts';
import { definition, type Machine } from './machine.ts';

const root = new URL('../../', import.meta.url);

export const machineNames: readonly MachineName[] = ['rollout', 'rollback'];

export function readMachine(name: MachineName): Machine {
  const text = readFileSync(new URL(`state-machines/${name}.asl.json`, root), 'utf8');
  return { name, definition: definition.parse(JSON.parse(text)) };
}

/** Reads the files without importing them: that would load every AWS client. */
export function readFunctionFiles(): FunctionFile[] {
  const folder = new URL('functions/', root);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({
      name: file.slice(0, -'.ts'.length),
      exportsHandler: /^export const handler\b/m.test(readFileSync(new URL(file, folder), 'utf8')),
    }));
}

import { type Machine, tasksOf } from './machine.ts';

export interface FunctionFile {
  /** Without its ending: `set-weight`. */
  readonly name: string;
  readonly exportsHandler: boolean;
}

/** The functions that something other than a state machine calls. `abort` is a state besides. */
const doors = ['abort', 'apply-spec', 'deploy-spec', 'guard-removal', 'operate', 'receive-alerts', 'receive-webhook', 'sweep'];

/** That every Task has its function, and every function its Task or its door. */
export function checkFunctions(machines: readonly Machine[], files: readonly FunctionFile[]): string[] {
  const states = machines.flatMap((machine) => tasksOf(machine).map(([name]) => name));
  const served = new Set([...states.map(kebabCase), ...doors]);
  const present = new Set(files.map(({ name }) => name));
  return [
    ...[...served].filter((name) => !present.has(name)).map((name) => `functions/${name}.ts is missing; a Task or a door is named so`),
    ...files.filter(({ name }) => !served.has(name)).map(({ name }) => `functions/${name}.ts serves no Task and is no door`),
    ...files.filter(({ exportsHandler }) => !exportsHandler).map(({ name }) => `functions/${name}.ts exports no handler`),
  ];
}

/** @example kebabCase('SetWeight') // 'set-weight' */
export function kebabCase(stateName: string): string {
  return stateName.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

import type { Mutant } from './mutants.ts';

/** @throws Error where the file no longer holds what the mutant takes out. */
export function mutate(text: string, mutant: Mutant): string {
  if (text.split(mutant.find).length !== 2) throw new Error(`${mutant.file} does not hold exactly one of: ${mutant.find}`);
  return mutant.file.endsWith('.asl.json') ? withoutCatch(text, mutant) : text.replace(mutant.find, () => mutant.replace);
}

function withoutCatch(text: string, mutant: Mutant): string {
  const machine = JSON.parse(text) as { States: Record<string, { Catch?: unknown }> };
  const state = /^"(\w+)"/.exec(mutant.find)?.[1] ?? '';
  delete machine.States[state]?.Catch;
  return `${JSON.stringify(machine, null, 2)}\n`;
}

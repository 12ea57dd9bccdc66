import { runScenario } from '../scenarios/run-scenario.ts';
import { everyErrand } from './errands.ts';
import { Ledger } from './ledger.ts';
import { type Privileges, underRoles } from './under-roles.ts';

export interface Recording {
  readonly ledger: Ledger;
  /** What each story was refused, or failed with, by its name. */
  readonly troubles: ReadonlyMap<string, readonly string[]>;
}

/** Plays the errands under the roles, one after the other, and tells what the functions asked for. */
export async function recordErrands(privileges: Privileges): Promise<Recording> {
  const ledger = new Ledger();
  const troubles = new Map<string, readonly string[]>();
  for (const errand of everyErrand) {
    const before = ledger.refusals.length;
    const failure = await runScenario(errand, underRoles(privileges, ledger)).then(
      () => [],
      (error: unknown) => [String(error)],
    );
    troubles.set(errand.name, [...new Set(ledger.refusals.slice(before)), ...failure]);
  }
  return { ledger, troubles };
}

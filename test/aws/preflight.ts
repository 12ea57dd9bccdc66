import { describe } from '../../cli/output/print-error.ts';
import { formatTable } from '../../cli/output/table.ts';

/** One thing that must be there before anything is made. */
export interface Check {
  readonly name: string;
  /** What was found, for people. Throws a SluiceError, whose remedy is the way out, where it does not do. */
  readonly look: () => Promise<string>;
}

export interface Checked {
  readonly name: string;
  readonly found?: string;
  readonly problem?: { readonly message: string; readonly remedy: string };
}

/** Looks at all, one after the other, so that all that is missing is said at once. */
export async function runChecks(checks: readonly Check[]): Promise<Checked[]> {
  const checked: Checked[] = [];
  for (const { name, look } of checks) {
    try {
      checked.push({ name, found: await look() });
    } catch (error) {
      const { message, remedy } = describe(error);
      checked.push({ name, problem: { message, remedy } });
    }
  }
  return checked;
}

export function formatChecks(checked: readonly Checked[]): string {
  const rows = checked.flatMap(({ name, found, problem }) =>
    problem === undefined
      ? [['ok', name, found ?? '']]
      : [['MISSING', name, problem.message], ...(problem.remedy === '' ? [] : [['', '', problem.remedy]])],
  );
  return formatTable(rows);
}

export function holds(checked: readonly Checked[]): boolean {
  return checked.every(({ problem }) => problem === undefined);
}

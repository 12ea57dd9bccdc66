import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InvalidInputError, SpecInvalidError } from '../core/errors.ts';
import { formatProblem } from '../core/spec/diagnostic.ts';
import { parseSpec } from '../core/spec/parse-spec.ts';
import type { RolloutSpec } from '../core/spec/rollout-spec.ts';

/** One file of the folder. */
export interface SpecFile {
  /** As it is named in messages: `rollouts/checkout.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly spec: RolloutSpec;
}

/**
 * Reads and checks every spec of the folder, so that a bad one fails on the machine of whoever deploys, and not half-way in the account.
 *
 * @throws InvalidInputError where there is no such folder, SpecInvalidError with each problem's file, line and remedy.
 */
export function readSpecs(folder: string): SpecFile[] {
  if (!existsSync(folder)) {
    throw new InvalidInputError(`There is no folder ${folder} to read specs from.`, {
      remedy: 'Make it, even empty, or name another with the context key rolloutsFolder.',
    });
  }
  const problems: string[] = [];
  const specs: SpecFile[] = [];
  for (const entry of readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()) {
    const file = join(basename(resolve(folder)), entry);
    const text = readFileSync(join(folder, entry), 'utf8');
    const parsed = parseSpec(text, file);
    if (parsed.ok) specs.push({ file, text, spec: parsed.spec });
    else problems.push(...parsed.problems.map((problem) => formatProblem(problem, { colour: false })));
  }
  if (problems.length > 0) {
    throw new SpecInvalidError(`${folder} holds specs that do not:\n${problems.join('\n')}\n`, {
      remedy: 'Mend them; `sluice lint` says the same without a deploy.',
    });
  }
  return specs;
}

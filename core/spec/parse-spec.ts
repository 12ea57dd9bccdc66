import * as z from 'zod/mini';
import { checkSpec } from './check-spec.ts';
import type { SpecProblem } from './diagnostic.ts';
import { placeProblems, problemsOf } from './problems-of.ts';
import { type RolloutSpec, rolloutSpec } from './rollout-spec.ts';
import { ownTextsOnly } from './schema-walk.ts';
import { readYaml } from './yaml-source.ts';

export type ParsedSpec =
  | {
      readonly ok: true;
      readonly spec: RolloutSpec;
      /** The file as plain data, as it was written: what is stored, and what the web console shows. */
      readonly source: Readonly<Record<string, unknown>>;
    }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Reads `rollouts/<name>.yaml`: the YAML, its shape, then what no schema can say (`checkSpec`). Each problem carries its place in
 * the text (P4). Never throws for what a file may contain.
 *
 * @param file How the reader knows the file. Its base name must be the rollout's name where it ends in .yaml or .yml.
 */
export function parseSpec(text: string, file: string): ParsedSpec {
  const yaml = readYaml(text, file);
  if (!yaml.ok) return yaml;
  const context = { schema: rolloutSpec, file, locate: yaml.locate };
  const parsed = z.safeParse(rolloutSpec, yaml.value, ownTextsOnly);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, yaml.value, context) };
  const problems = checkSpec(parsed.data, file);
  if (problems.length > 0) return { ok: false, problems: placeProblems(problems, context) };
  return { ok: true, spec: parsed.data, source: Object.fromEntries(Object.entries(Object(yaml.value))) };
}

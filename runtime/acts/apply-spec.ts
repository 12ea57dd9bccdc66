import * as z from 'zod/mini';
import { type SpecDeployer, Specs } from '../../adapters/store/specs.ts';
import { SpecInvalidError } from '../../core/errors.ts';
import { formatProblemLine } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import type { Deps } from '../deps.ts';

export const specFile = z.strictObject({
  /** Names the file in what is wrong with it. */
  file: z.string().check(z.maxLength(1_024)),
  /** The YAML, as it stands in the file. */
  text: z.string(),
});

export interface SpecApplied {
  readonly rollout: string;
  readonly specVersion: number;
  readonly changed: boolean;
}

/**
 * Checks a spec as `sluice lint` does, and stores it as the newest version. Rollouts that run keep the version they began with.
 *
 * @throws SpecInvalidError with every problem of the file, one a line; or where another file of the same deployment has its rollout.
 */
export async function applySpecFile(
  deps: Pick<Deps, 'store' | 'clock'>,
  { file, text }: Pick<z.infer<typeof specFile>, 'file' | 'text'>,
  deployer?: SpecDeployer,
): Promise<SpecApplied> {
  const parsed = parseSpec(text, file);
  if (!parsed.ok) {
    throw new SpecInvalidError(parsed.problems.map(formatProblemLine).join('\n'), { remedy: 'Mend the file and apply it again.' });
  }
  const applied = await new Specs(deps.store).apply(parsed.source, deps.clock.now(), deployer);
  return { rollout: parsed.spec.name, ...applied };
}

import * as z from 'zod/mini';
import { Specs } from '../adapters/store/specs.ts';
import { SpecInvalidError } from '../core/errors.ts';
import { formatProblemLine } from '../core/spec/diagnostic.ts';
import { parseSpec } from '../core/spec/parse-spec.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

const input = z.strictObject({
  /** Names the file in what is wrong with it. */
  file: z.string(),
  /** The YAML, as it stands in the file. */
  text: z.string(),
});

/** Checks a spec as `sluice lint` does, and stores it as the newest version. Rollouts that run keep the version they began with. */
export const applySpec = defineFunction({
  name: 'ApplySpec',
  input,
  uses: { ...provideClock, ...provideStore, ...provideLog },
  run: async ({ file, text }, deps) => {
    const parsed = parseSpec(text, file);
    if (!parsed.ok) {
      throw new SpecInvalidError(parsed.problems.map(formatProblemLine).join('\n'), { remedy: 'Mend the file and apply it again.' });
    }
    const applied = await new Specs(deps.store).apply(parsed.source, deps.clock.now());
    return { rollout: parsed.spec.name, ...applied };
  },
});

export const handler = applySpec.handler;

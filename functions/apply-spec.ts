import { applySpecFile, specFile } from '../runtime/acts/apply-spec.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** `sluice apply`: one file, without a deployment. */
export const applySpec = defineFunction({
  name: 'ApplySpec',
  input: specFile,
  uses: { ...provideClock, ...provideStore, ...provideLog },
  run: (file, deps) => applySpecFile(deps, file),
});

export const handler = applySpec.handler;

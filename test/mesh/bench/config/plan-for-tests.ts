import { planBench } from '../supervisor/plan.ts';

/** Of bench 3. */
export const plan = planBench({
  range: 3,
  folder: '/runs/3',
  bin: '/bin',
  crds: '/crds.json',
  apiPort: 16_446,
  adminToken: 'token',
  debounceMs: 100,
});

import * as z from 'zod/mini';
import { kubernetesName } from './names.ts';

/** The part of a rollout spec that says what is rolled out. */
export const workload = z.strictObject({
  deployment: kubernetesName.check(z.describe("Stable's Deployment; the canary is its clone, <name>-canary")),
  container: kubernetesName.check(z.describe('The container whose image is rolled out')),
  service: z.optional(kubernetesName.check(z.describe("Stable's Service; the Deployment's name where left out"))),
});

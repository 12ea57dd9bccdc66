import * as z from 'zod/mini';
import { alarmNames, kubernetesName, rolloutName } from './names.ts';
import { router } from './router-spec.ts';
import { workload } from './workload-spec.ts';

/**
 * What a door needs of a spec: where the traffic is, and which alarms end the rollout. The rest is left unread, so that a door is quick to load, and opens
 * for a rollout whose judgement or steps it would not understand.
 */
export const doorSpec = z.object({
  name: rolloutName,
  namespace: kubernetesName,
  workload,
  router,
  analysis: z.object({ alarms: alarmNames, alerts: alarmNames }),
});
export type DoorSpec = z.infer<typeof doorSpec>;

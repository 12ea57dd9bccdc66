import { refuseWhileRolloutsRun } from '../runtime/acts/guard-removal.ts';
import { answerCustomResource, customResourceRequest } from '../runtime/custom-resource.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** Never another one: CloudFormation would delete this one, and a mere update would be refused while a rollout runs. */
const physicalId = 'guard-removal';

/**
 * A resource that is there so that the stack cannot be removed while a rollout runs. It depends on everything that a rollout needs
 * (machines, functions, rules), so that CloudFormation deletes it first, and nothing else where it is refused.
 */
export const guardRemoval = defineFunction({
  name: 'GuardRemoval',
  input: customResourceRequest,
  uses: { ...provideClock, ...provideStore, ...provideLog },
  run: (request, deps) =>
    answerCustomResource(deps, request, async ({ RequestType }) => {
      if (RequestType === 'Delete') await refuseWhileRolloutsRun(deps);
      return { physicalId };
    }),
});

export const handler = guardRemoval.handler;

import * as z from 'zod/mini';
import { Specs } from '../adapters/store/specs.ts';
import { InvalidInputError } from '../core/errors.ts';
import { applySpecFile, specFile } from '../runtime/acts/apply-spec.ts';
import { answerCustomResource, customResourceRequest } from '../runtime/custom-resource.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** What the template says of one file in rollouts/, as `sluice apply` sends it; and whatever makes CloudFormation apply it again. */
const properties = z.looseObject(specFile.shape);

/** The resource is the rollout of that name, so that another name inside of the file takes the old one out of use. */
const physicalIdOf = (rollout: string) => `rollout/${rollout}`;
const rolloutOf = (physicalId: string) => physicalId.replace(/^rollout\//, '');

/**
 * One file in rollouts/ as a resource of the stack. Made or changed, it is applied as by `sluice apply`. Removed, with its file or with the
 * whole stack, its spec is retired: nothing starts by it any more, its history stays, and a rollout that runs goes on by the version
 * that it began with. A file that was renamed, or moved to another resource, is applied by the new one before the old one is deleted, which then
 * finds that it is not its own any more.
 */
export const deploySpec = defineFunction({
  name: 'DeploySpec',
  input: customResourceRequest,
  uses: { ...provideClock, ...provideStore, ...provideLog },
  run: (request, deps) =>
    answerCustomResource(
      deps,
      request,
      async ({ RequestType, StackId, LogicalResourceId, PhysicalResourceId = '', ResourceProperties }) => {
        const deployer = { stack: StackId, resource: LogicalResourceId };
        if (RequestType === 'Delete') {
          await new Specs(deps.store).retire(rolloutOf(PhysicalResourceId), deps.clock.now(), deployer);
          return { physicalId: PhysicalResourceId };
        }
        const parsed = properties.safeParse(ResourceProperties);
        if (!parsed.success) {
          throw new InvalidInputError(`The resource ${LogicalResourceId} has no file and text, which a spec is applied from.`, {
            remedy: 'Deploy it by the stack of Sluice, which writes both.',
          });
        }
        const { rollout, specVersion } = await applySpecFile(deps, parsed.data, deployer);
        return { physicalId: physicalIdOf(rollout), data: { Rollout: rollout, SpecVersion: String(specVersion) } };
      },
    ),
});

export const handler = deploySpec.handler;

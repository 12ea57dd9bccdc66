import { WorkloadRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesApi } from '../../../core/ports.ts';
import { fenceOperations } from '../../mesh/fence.ts';
import { deploymentRef, type Owner, type WorkloadNames } from './names.ts';
import { parseAs } from './parse-as.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { deployment } from './schemas.ts';

type StableNames = Pick<WorkloadNames, 'namespace' | 'deployment' | 'container'>;

/** `edited`: stable has an image that neither is the wanted nor the expected one; somebody else put it there. */
export type StableImageSet = { readonly status: 'written' | 'unchanged' } | { readonly status: 'edited'; readonly found: string };

/**
 * Puts an image into stable: the point of no return when it is the canary's, and the way back when it is the old one. The patch
 * holds only while the fence is not newer, and the container still has the name and the image that were read. The fence is left
 * on the Deployment even where the image is right already, so that a writer who is late finds it (T3).
 *
 * @throws FencedError where the Deployment carries a newer fence of this rollout.
 * @throws WorkloadRejectedError where the Deployment or its container is gone.
 * @throws WriteConflictError, ClusterUnavailableError (both retryable)
 */
export function setStableImage(
  api: KubernetesApi,
  change: StableNames & Pick<Owner, 'rollout' | 'fence'> & { readonly image: string; readonly expectedImage: string },
): Promise<StableImageSet> {
  const ref = deploymentRef(change.namespace, change.deployment);
  return retryConflicts<StableImageSet>(`The image of Deployment ${ref.namespace}/${ref.name}`, async () => {
    const object = await api.read(ref);
    const containers = object === undefined ? [] : parseAs(deployment, object).spec.template.spec.containers;
    const index = containers.findIndex(({ name }) => name === change.container);
    if (object === undefined || index < 0) throw gone(change);
    const found = containers[index]?.image ?? '';
    const fence = fenceOperations(object, { rollout: change.rollout, fence: change.fence, role: 'door' });
    const right = found === change.image;
    if (!right && found !== change.expectedImage) return { status: 'edited', found };
    const at = `/spec/template/spec/containers/${index}`;
    const replace: JsonPatchOperation[] = right ? [] : [{ op: 'replace', path: `${at}/image`, value: change.image }];
    const tests: JsonPatchOperation[] = [
      { op: 'test', path: `${at}/name`, value: change.container },
      { op: 'test', path: `${at}/image`, value: found },
    ];
    const operations = [...fence, ...tests, ...replace];
    if (operations.every(({ op }) => op === 'test')) return { status: 'unchanged' };
    const written = await api.write({ jsonPatch: ref, operations });
    if (written.status !== 'written') return undefined;
    return { status: right ? 'unchanged' : 'written' };
  });
}

function gone(names: StableNames): WorkloadRejectedError {
  return new WorkloadRejectedError(
    `Deployment ${names.namespace}/${names.deployment} with a container ${names.container} is not there any more.`,
    {
      remedy: 'Restore it from its manifest; the traffic stays where it is until then.',
    },
  );
}

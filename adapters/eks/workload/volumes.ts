import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { volumeClaimRef } from './names.ts';
import { parseAs } from './parse-as.ts';
import type { WorkloadProblem } from './read-workload.ts';
import { type Deployment, volumeClaim } from './schemas.ts';

export interface VolumeInspection {
  readonly refusals: WorkloadProblem[];
  readonly warnings: WorkloadProblem[];
}

/** Whether the volumes of a Deployment can be mounted by two versions on two nodes. */
export async function inspectVolumes(api: KubernetesApi, namespace: string, { spec }: Deployment): Promise<VolumeInspection> {
  const claims = (spec.template.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  const modes = await Promise.all(claims.map(async (claim) => ({ claim, modes: await readAccessModes(api, namespace, claim) })));
  return {
    refusals: modes
      .filter(({ modes }) => modes !== undefined && !modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany'))
      .map(({ claim, modes }) => ({
        subject: `PersistentVolumeClaim ${namespace}/${claim}`,
        message: `PersistentVolumeClaim ${claim} can be mounted on one node only (${modes?.join(', ') || 'no access mode'}).`,
        remedy: 'Use a volume with ReadWriteMany, such as EFS, or keep the state outside of the pods.',
      })),
    warnings: modes
      .filter(({ modes }) => modes === undefined)
      .map(({ claim }) => ({
        subject: `PersistentVolumeClaim ${namespace}/${claim}`,
        message: `PersistentVolumeClaim ${claim} could not be read, so whether two versions can mount it is not known.`,
        remedy: `Allow the verb get on persistentvolumeclaims in ${namespace}, or look at its access modes yourself.`,
      })),
  };
}

/** Undefined where the claim does not exist, or may not be read. */
async function readAccessModes(api: KubernetesApi, namespace: string, claim: string): Promise<string[] | undefined> {
  try {
    const object = await api.read(volumeClaimRef(namespace, claim));
    return object === undefined ? undefined : (parseAs(volumeClaim, object).spec.accessModes ?? []);
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}

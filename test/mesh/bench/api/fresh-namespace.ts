import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AwsUnavailableError } from '../../../../core/errors.ts';
import type { FreshNamespace } from '../types.ts';
import { applyObjects, objectsOf } from './apply.ts';
import type { RawApi } from './raw-api.ts';

const role = new URL('../../../../stacks/cluster-access/rbac.yaml', import.meta.url);

/** A namespace with Sluice's Role as it is shipped, for nobody else's use. */
export async function freshNamespace(api: RawApi, prefix = 'test'): Promise<FreshNamespace> {
  const name = `${prefix}-${randomUUID().slice(0, 8)}`;
  await applyObjects(api, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
  const apply: FreshNamespace['apply'] = (manifests) => applyObjects(api, objectsOf(manifests), name);
  await apply(await readFile(role, 'utf8'));
  return {
    name,
    apply,
    async remove() {
      const { status, body } = await api.ask('DELETE', `/api/v1/namespaces/${name}`);
      if (status < 300 || status === 404 || status === 409) return;
      throw new AwsUnavailableError(`The namespace ${name} could not be deleted: ${status}.`, { remedy: body });
    },
  };
}

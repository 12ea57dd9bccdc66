import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { rbacManifests } from './cluster-access/rbac.ts';
import type { SluiceContext } from './context.ts';
import type { SpecFile } from './rollout-specs.ts';

/**
 * Writes beside the template what is to be applied in each cluster, `<prefix>.<cluster>.rbac.yaml`: the Role and its binding, in the namespaces
 * of the specs for that cluster and in those of the context. The stack itself can't apply it: it does not own the clusters.
 *
 * @returns the files that were written, for `kubectl apply -f`.
 */
export function writeRbac(
  folder: string,
  { context, specs }: { readonly context: SluiceContext; readonly specs: readonly SpecFile[] },
): string[] {
  const clusters = new Set([...specs.map(({ spec }) => spec.cluster), ...context.clusters]);
  return [...clusters].toSorted().flatMap((cluster) => {
    const own = specs.filter(({ spec }) => spec.cluster === cluster).map(({ spec }) => spec.namespace);
    const namespaces = [...new Set([...own, ...context.namespaces])].toSorted();
    if (namespaces.length === 0) return [];
    const file = join(folder, `${context.prefix}.${cluster}.rbac.yaml`);
    writeFileSync(
      file,
      rbacManifests(namespaces, context.prefix)
        .map((manifest) => stringify(manifest))
        .join('---\n'),
    );
    return [file];
  });
}

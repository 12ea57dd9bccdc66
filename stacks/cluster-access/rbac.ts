import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod/mini';

const named = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const binding = z.looseObject({
  roleRef: z.looseObject({ name: z.string() }),
  subjects: z.array(z.looseObject({ name: z.string() })),
});

/** A manifest as it is applied: of which kind and name is known, the rest is the API server's to read. */
export type Manifest = z.infer<typeof named>;

/** A cluster of either CDK module, `aws-eks` or `aws-eks-v2`, as far as it is needed here. */
export interface ManifestTaker {
  addManifest(id: string, ...manifest: Record<string, unknown>[]): unknown;
}

/**
 * What is in rbac.yaml, for each of the namespaces: the Role and its binding to the group that the functions' access entries are in.
 * Both, and the group, bear the prefix of the deployment, so that two copies of Sluice can be let into different namespaces.
 */
export function rbacManifests(namespaces: readonly string[], prefix = 'sluice'): Manifest[] {
  const manifests = manifestsIn('rbac.yaml', prefix);
  return namespaces.flatMap((namespace) => manifests.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, namespace } })));
}

/**
 * What is in rbac-root-namespace.yaml, which lets the preflight look at the policies of the whole mesh of Istio: a Role and its binding, in
 * `istio-system`. Not part of the others, since a cluster need not have that namespace.
 */
export function rootNamespaceManifests(prefix = 'sluice'): Manifest[] {
  return manifestsIn('rbac-root-namespace.yaml', prefix);
}

/**
 * Lets Sluice into namespaces of a cluster that the CDK makes, instead of `kubectl apply -f rbac.yaml`. The namespaces have to be there.
 *
 * @example addSluiceRbac(cluster, ['shop'])
 */
export function addSluiceRbac(cluster: ManifestTaker, namespaces: readonly string[], prefix = 'sluice'): void {
  for (const namespace of namespaces) cluster.addManifest(`${prefix}-rbac-${namespace}`, ...rbacManifests([namespace], prefix));
}

function manifestsIn(file: string, prefix: string): Manifest[] {
  const documents = parseAllDocuments(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'));
  return documents.map((document) => rename(named.parse(document.toJS()), prefix));
}

/** Every name in the files begins with the default prefix. */
function rename(manifest: Manifest, prefix: string): Manifest {
  const withPrefix = (name: string) => name.replace(/^sluice/, () => prefix);
  const renamed = { ...manifest, metadata: { ...manifest.metadata, name: withPrefix(manifest.metadata.name) } };
  const bound = binding.safeParse(manifest);
  if (!bound.success) return renamed;
  const { roleRef, subjects } = bound.data;
  return {
    ...renamed,
    roleRef: { ...roleRef, name: withPrefix(roleRef.name) },
    subjects: subjects.map((subject) => ({ ...subject, name: withPrefix(subject.name) })),
  };
}

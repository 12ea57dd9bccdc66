import * as z from 'zod/mini';

/** Where istiod keeps the configuration of the mesh, and what its root namespace is unless that says otherwise. */
export const istioNamespace = 'istio-system';

export const meshConfigMap = z.looseObject({ data: z.nullish(z.looseObject({ mesh: z.nullish(z.string()) })) });

/**
 * The namespace whose policies hold for the whole mesh. A field of the top level of the MeshConfig, which is YAML.
 *
 * @example rootNamespaceOf({ data: { mesh: 'enableTracing: true\nrootNamespace: mesh-policies\n' } }) // 'mesh-policies'
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-root_namespace
 */
export function rootNamespaceOf({ data }: z.infer<typeof meshConfigMap>): string {
  return /^rootNamespace:[ \t]*["']?([a-z0-9][a-z0-9-]{0,62})["']?[ \t]*(?:#.*)?$/m.exec(data?.mesh ?? '')?.[1] ?? istioNamespace;
}

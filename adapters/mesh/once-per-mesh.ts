import type { RouterKind } from '../../core/spec/router-spec.ts';

/**
 * What there is of each mesh, imported on use and then kept: a rollout has one mesh, and people wait for the abort door. One entry per mesh that
 * a spec may name; the schema's kinds and the record must agree, or it does not compile.
 */
export function oncePerMesh<T>(imports: Record<RouterKind, () => Promise<T>>): (kind: RouterKind) => Promise<T> {
  const loaded = new Map<RouterKind, T>();
  return async (kind) => {
    const known = loaded.get(kind) ?? (await imports[kind]());
    loaded.set(kind, known);
    return known;
  };
}

import type { JsonPatchOperation } from '../../core/ports.ts';
import type { RoutePatch } from './route-dialect.ts';

/** The fence first, which tests who may write; it changes something only where it has an operation besides its tests. */
export function routePatch(fence: readonly JsonPatchOperation[], ...changes: readonly (readonly JsonPatchOperation[])[]): RoutePatch {
  const rest = changes.flat();
  return { operations: [...fence, ...rest], changed: rest.length > 0 || fence.some(({ op }) => op !== 'test') };
}

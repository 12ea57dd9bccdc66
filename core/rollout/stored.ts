import * as z from 'zod/mini';

/**
 * The shape of a document, or of a part of one, in the store or in a payload. Fields that it does not name are kept as they are, through a read
 * and the write that follows: while a rollout goes on with the functions that it began with, doors of a newer version write the same
 * documents, and neither may refuse or lose what the other has added (O6). To the compiler the shape is closed.
 */
export function stored<const Shape extends z.core.$ZodLooseShape>(shape: Shape): ReturnType<typeof z.strictObject<Shape>>;
export function stored(shape: z.core.$ZodLooseShape): z.ZodMiniType {
  return z.looseObject(shape);
}

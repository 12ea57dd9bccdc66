/**
 * Whether lists and objects stand within each other on more than so many levels. JSON.parse takes any depth, and what then walks through it by
 * calling itself for each level, as JSON.stringify does, comes to the end of the stack at some thousands.
 *
 * @example isNestedDeeper([{ a: 1 }], 1) // true
 */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isNestedDeeper(inner, levels - 1));
}

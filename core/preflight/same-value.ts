/** Whether two values of JSON say the same; the order of keys does not matter, and a field that is undefined is one that is not there. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const fields = new Map(entriesOf(one));
  const others = entriesOf(other);
  return fields.size === others.length && others.every(([key, value]) => fields.has(key) && sameValue(fields.get(key), value));
}

function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, field]) => field !== undefined);
}

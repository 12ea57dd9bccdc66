/** What stands under a name that people chose: `constructor` and `__proto__` are names like any other. */
export function own<T>(all: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

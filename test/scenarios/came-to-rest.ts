/** When the canary's weight became what it was in the end: a rollback writes the route again later, to raise its fence. */
export function cameToRestAtMs(splits: readonly { readonly atMs: number; readonly canary: number }[]): number {
  const last = splits.at(-1)?.canary;
  return splits[splits.findLastIndex(({ canary }) => canary !== last) + 1]?.atMs ?? Number.NaN;
}

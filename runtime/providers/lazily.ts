/**
 * Loads something once, on first use. The SDK's clients weigh 300 KB and 50 ms each; a function that may need one, but not before the
 * traffic has moved, does not pay for it at its cold start. esbuild puts each such load into a file of its own.
 */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

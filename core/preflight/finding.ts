/**
 * What a preflight came upon: a reason why a rollout cannot begin (`refusal`), something to know of (`warning`), or something that should have
 * been looked at and that Sluice may not read, or that the cluster does not serve (`unread`).
 */
export interface Finding {
  readonly severity: 'refusal' | 'warning' | 'unread';
  /** What it is about, as kubectl names it: `VirtualService shop/checkout`. */
  readonly subject: string;
  /** A sentence. */
  readonly message: string;
  /** How to mend it: a sentence, or lines of YAML or commands under one. Empty for what cannot be mended by the reader. */
  readonly remedy: string;
  /** True of a refusal that may be none in a few seconds: a controller has yet to look at what was written last. */
  readonly mayPass?: true;
}

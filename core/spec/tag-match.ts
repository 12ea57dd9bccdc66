import picomatch from 'picomatch';

/**
 * Whether a pushed tag starts a rollout of a spec with these glob patterns.
 *
 * @example matchesTag('v1.4.2', ['v*']) // true
 * @example matchesTag('sha256-ab12.sig', ['v*', 'main-*']) // false: a signature is no release
 */
export function matchesTag(tag: string, patterns: readonly string[]): boolean {
  return picomatch.isMatch(tag, [...patterns], { nobrace: false, dot: true });
}

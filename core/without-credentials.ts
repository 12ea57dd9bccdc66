/** What stands in the place of a credential. */
const hidden = '…';

const patterns: readonly (readonly [RegExp, string])[] = [
  // In a canonical request, a header, a query, or JSON that was quoted once more.
  [/(x-amz-security-token(?:\\?["'])?\s*[:=]\s*(?:\\?["'])?)(?:[^\s"'&\\<]|\\\/)+/gi, `$1${hidden}`],
  [/\b(Signature=)[0-9a-f]{16,}/gi, `$1${hidden}`],
  [/\b((?:Bearer|Basic)\s+)(?:[\w.~+/=-]|\\\/){8,}/gi, `$1${hidden}`],
  [/\bk8s-aws-v1\.[\w-]+/g, `k8s-aws-v1.${hidden}`],
];

/**
 * A text from outside, such as what a server says of a request that failed, without the credentials that it may repeat. AWS answers a request
 * whose signature does not match with the canonical request that it expected, whose headers hold the token of the session.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 * @example withoutCredentials("'POST\nx-amz-security-token:IQoJb3JpZ2lu\n'") // "'POST\nx-amz-security-token:…\n'"
 */
export function withoutCredentials(text: string): string {
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/**
 * Compiles a regular expression as Prometheus does: anchored at both ends, and a dot matches a line break too. Prometheus uses
 * RE2; what JavaScript has beyond it, or reads in another way, is refused, so that a query never matches here and not there.
 *
 * @returns the message where the pattern does not hold.
 */
export function compileRegexp(pattern: string): RegExp | string {
  const foreign = findForeign(pattern);
  if (foreign !== undefined) return `error parsing regexp: invalid or unsupported Perl syntax: \`${foreign}\``;
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    // By itself first: `a)(b` would be balanced by the brackets that anchor it.
    new RegExp(rest);
    return new RegExp(`^(?${flags}:${rest})$`, 's');
  } catch (cause) {
    return `error parsing regexp: ${cause instanceof Error ? cause.message : 'it does not compile'}`;
  }
}

/** Look-around and back-references are not in RE2; classes such as `[[:alpha:]]`, `\p{L}` and `\A` mean other things in JavaScript. */
function findForeign(pattern: string): string | undefined {
  const withoutEscapedBackslash = pattern.replaceAll('\\\\', '');
  return /\(\?<?[=!]|\\[1-9kpPAzQEC]|\[\[?:|\\x\{/.exec(withoutEscapedBackslash)?.[0];
}

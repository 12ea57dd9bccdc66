/**
 * A regular expression (RE2, which has to fit the whole header) for a `cookie` header of which one cookie has this name and a value that fits.
 * RFC 6265, section 4.2.1: pairs are parted by a semicolon and a space; neither may stand in a name or a value.
 *
 * @param value itself a regular expression, such as textPattern gives.
 */
export function cookieRegex(name: string, value: string): string {
  return `(?:.*;\\s*)?${escaped(name)}=(?:${value})(?:\\s*;.*)?`;
}

/** The text of a match, as a regular expression that stays within one cookie's value. */
export function valuePattern({
  exact,
  prefix,
  regex,
}: {
  exact?: string | undefined;
  prefix?: string | undefined;
  regex?: string | undefined;
}) {
  if (exact !== undefined) return escaped(exact);
  return prefix === undefined ? withinValue(regex ?? '') : `${escaped(prefix)}[^;]*`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const tokens = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:[^\]]*:\]|[^\]\\])*\]|[.^$]/g;

/** Whatever would go beyond the value's end stops at it: a dot, and what is said by what it is not. Anchors go, since all of it has to fit. */
function withinValue(regex: string): string {
  return regex.replace(tokens, (token) => {
    if (token === '^' || token === '$') return '';
    if (token === '.') return '[^;]';
    if (/^\\[DSW]$/.test(token)) return `[^;${token.toLowerCase()}]`;
    return token.startsWith('[^') ? token.replace(/^\[\^(\]?)/, (_, bracket) => `[^;${bracket === '' ? '' : '\\]'}`) : token;
  });
}

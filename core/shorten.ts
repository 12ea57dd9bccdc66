/**
 * A text of at most so many characters and an ellipsis, for a message or a store that has bounds. It is never cut within a character that takes
 * two places, and half of one, which UTF-8 cannot carry and which DynamoDB and EventBridge would refuse, is shown as U+FFFD.
 *
 * @example shorten('Too many errors', 8) // 'Too many…'
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  return `${text
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/, '')
    .toWellFormed()}…`;
}

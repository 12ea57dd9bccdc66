import { distance } from 'fastest-levenshtein';

/**
 * The word that somebody probably meant: the nearest, at most one edit away for each three letters, and one at least. Undefined where
 * nothing is near: a far-fetched guess is worse than none.
 */
export function closestWord(typed: string, words: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const word of words) {
    if (Math.abs(word.length - wanted.length) > allowed) continue;
    const edits = editsBetween(wanted, word.toLowerCase());
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { word, edits };
  }
  return best?.word;
}

/** Two letters in the wrong order are the commonest slip: one edit, not two. */
function editsBetween(a: string, b: string): number {
  const edits = distance(a, b);
  return edits === 2 && a.length === b.length && sortedLetters(a) === sortedLetters(b) ? 1 : edits;
}

function sortedLetters(word: string): string {
  return [...word].sort().join('');
}

/** @example didYouMean('wieght', ['weight', 'bake']) // 'did you mean `weight`?' */
export function didYouMean(typed: string, words: readonly string[]): string | undefined {
  const word = closestWord(typed, words);
  return word === undefined ? undefined : `did you mean \`${word}\`?`;
}

/** A comparison of a text. An empty one asks for presence only. */
export interface TextMatch {
  readonly exact?: string | undefined;
  readonly prefix?: string | undefined;
  readonly regex?: string | undefined;
}

/** Envoy's regular expressions must fit the whole text. @throws SyntaxError for one that is none. */
export function textMatcher({ exact, prefix, regex }: TextMatch): (text: string) => boolean {
  if (exact !== undefined) return (text) => text === exact;
  if (prefix !== undefined) return (text) => text.startsWith(prefix);
  if (regex === undefined) return () => true;
  const whole = new RegExp(`^(?:${regex})$`);
  return (text) => whole.test(text);
}

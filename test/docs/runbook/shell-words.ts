/**
 * The commands of a shell's text as words: quotes, comments, and lines that go on behind a backslash. What a substitution asks for is a
 * command of its own too, without its end.
 *
 * @example splitCommands("sluice abort checkout --why 'it is bad' # now") // [['sluice', 'abort', 'checkout', '--why', 'it is bad']]
 */
export function splitCommands(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  const endCommand = () => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (const [token] of text.matchAll(/\\\n|\n|#[^\n]*|(?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^\s'"])+|[^\S\n]+/g)) {
    if (token === '\n') endCommand();
    else if (token !== '\\\n' && !token.startsWith('#') && token.trim() !== '') words.push(unquoted(token));
  }
  endCommand();
  return commands.flatMap((command) => [command, ...command.flatMap(substituted)]);
}

function unquoted(token: string): string {
  return token.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? '');
}

function substituted(word: string): string[][] {
  return [...word.matchAll(/\$\(([^)]*)\)/g)].flatMap(([, inner = '']) => splitCommands(inner));
}

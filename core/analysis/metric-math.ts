/** One id of a metric in an expression. */
export interface MathId {
  readonly id: string;
  /** Of its first character, from 0. */
  readonly at: number;
  /** It stands within FILL: where it has no data, the expression goes on without it. */
  readonly isFilled: boolean;
}

export interface MathParts {
  readonly ids: readonly MathId[];
  /** The functions that it calls, in the order in which they stand. */
  readonly functions: readonly string[];
}

/** Texts in quotes (a text that does not end goes on to the end), numbers, words, parentheses; all else is passed over. */
const tokens = /"[^"]*"?|'[^']*'?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|[()]/g;

/**
 * The words of an expression of CloudWatch: ids begin with a lower-case letter, functions and keywords (FILL, REPEAT, AND) with a capital. What stands in
 * quotes is neither. Whether the rest makes sense is for CloudWatch to say.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @example readMath('FILL(errors, 0) / requests').ids // errors, filled, at 5; requests, not filled, at 18
 */
export function readMath(expression: string): MathParts {
  const ids: MathId[] = [];
  const functions: string[] = [];
  const open: boolean[] = [];
  let word = '';
  for (const { 0: token, index } of expression.matchAll(tokens)) {
    if (token === '(') {
      if (word !== '') functions.push(word);
      open.push(open.at(-1) === true || word === 'FILL');
    } else if (token === ')') open.pop();
    else if (/^[a-z]/.test(token)) ids.push({ id: token, at: index, isFilled: open.at(-1) === true });
    word = /^[A-Z]/.test(token) ? token : '';
  }
  return { ids, functions };
}

/** The same expression over other ids: each is renamed where it stands. */
export function renameIds(expression: string, rename: (id: string) => string): string {
  let renamed = '';
  let copied = 0;
  for (const { id, at } of readMath(expression).ids) {
    renamed += expression.slice(copied, at) + rename(id);
    copied = at + id.length;
  }
  return renamed + expression.slice(copied);
}

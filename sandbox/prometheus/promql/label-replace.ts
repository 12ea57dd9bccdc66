import { labelsOf } from '../labels.ts';
import { QueryError } from './query-error.ts';
import { compileRegexp } from './regexp.ts';
import type { Sample } from './value.ts';

/**
 * `label_replace(v, dst, replacement, src, regex)`: where the whole of `src` matches, `dst` becomes the replacement, and an empty
 * one takes the label away.
 *
 * @throws QueryError (execution)
 */
export function labelReplace(
  samples: readonly Sample[],
  [to = '', replacement = '', from = '', pattern = '']: readonly string[],
): Sample[] {
  const regexp = compileRegexp(pattern);
  if (typeof regexp === 'string') throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`);
  if (to === '') throw new QueryError('execution', `invalid destination label name in label_replace(): ${to}`);
  return samples.map(({ labels, value }) => {
    const match = regexp.exec(labels[from] ?? '');
    return { labels: match === null ? labels : labelsOf({ ...labels, [to]: expand(replacement, match) }), value };
  });
}

/**
 * As Go's regexp.Expand: `$1`, `$name`, `${1}`, and `$$` for the sign itself. A name is as long as it can be, and an unknown one
 * is empty.
 *
 * @example With a first group `b`, '$1x' is '' (there is no group 1x) and '${1}x' is 'bx'.
 */
function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === '$$' ? '$' : whole;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}

import type * as z from 'zod/mini';
import { listWords } from './diagnostic.ts';
import { allowedKeys, formatTextAt, noMessage } from './schema-walk.ts';
import { didYouMean } from './typo-hint.ts';

type Issue = z.core.$ZodIssue;

/** What should stand there, as a fragment that follows `expected`. A text that the schema gives itself comes first. */
export function expectedText(issue: Issue, schema: z.core.$ZodType, path: readonly PropertyKey[], root: unknown): string {
  if (issue.message !== noMessage && issue.message !== '') return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return (
        (issue.expected === 'string' ? formatTextAt(schema, path, root) : undefined) ??
        typeText(issue.expected, allowedKeys(schema, path, root))
      );
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${listWords(issue.values.map(String))}`;
    case 'too_small':
      return sizeText(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return sizeText(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    default:
      return 'another value';
  }
}

function typeText(expected: string, keys: readonly string[]): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'int':
      return 'an integer';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return keys.length === 0 ? 'a mapping' : `a mapping with ${keys.slice(0, 8).join(', ')}`;
    default:
      return expected;
  }
}

function sizeText(origin: string, bound: string, size: number | bigint): string {
  if (origin === 'string') return `${bound} ${size} ${size === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `${bound} ${size} ${size === 1 ? 'entry' : 'entries'}`;
  return `a number of ${bound} ${size}`.replace('of more than', 'above').replace('of less than', 'below');
}

/** How to mend a value that is there: the word that was meant, quotes that are missing or too many, a unit left out. */
export function valueHint(issue: Issue, value: unknown, expected: string): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') return didYouMean(value, issue.values.map(String));
  if (issue.code === 'invalid_format' && typeof value === 'string')
    return expected.startsWith(durationText) ? durationHint(value) : undefined;
  if (issue.code !== 'invalid_type') return undefined;
  const wantsNumber = issue.expected === 'number' || issue.expected === 'int';
  if (wantsNumber && typeof value === 'string') {
    const bare = value.trim().replace(/\s*%$/, '');
    return bare !== '' && Number.isFinite(Number(bare)) ? `write ${Number(bare)}, without quotes and without a unit` : undefined;
  }
  if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    if (typeof value === 'number' && expected.startsWith(timeText)) return `did you mean \`${value}ms\` or \`${value}s\`?`;
    if (typeof value === 'number' && expected.startsWith(percentageText)) return percentageHint(value);
    return expected.startsWith(durationText) ? durationHint(String(value)) : 'put it in quotes';
  }
  return undefined;
}

/** How `duration` begins what it expects. */
const durationText = 'a duration';
/** How `latencyEdge` and `percentage` do. */
const timeText = 'a time';
const percentageText = 'a percentage';

/** A number below 1 is likelier a share than a part of a percent; where it is 0 both are the same. */
function percentageHint(value: number): string {
  const asShare = value > 0 && value < 1 ? `\`${Number((value * 100).toPrecision(12))}%\` or ` : '';
  return `did you mean ${asShare}\`${value}%\`?`;
}

/** Common ways to write a duration that Sluice does not take: `2mm`, `5 min`, `30sec`, `1hour`, `90`. */
function durationHint(value: string): string | undefined {
  if (/^\d+$/.test(value)) return `did you mean \`${value}s\` or \`${value}m\`?`;
  const match = /^(\d+)\s*(d|h|m(?!s)|s)[a-z]*$/i.exec(value);
  return match === null ? undefined : `did you mean \`${match[1]}${match[2]?.toLowerCase()}\`?`;
}

import type * as z from 'zod/mini';
import {
  describeFound,
  formatPath,
  listWords,
  nothing,
  type ProblemPath,
  quote,
  type SpecProblem,
  type SpecProblemCode,
} from './diagnostic.ts';
import { expectedText, valueHint } from './expected-text.ts';
import { allowedKeys, descriptionAt, kindsWithKey, valueAt } from './schema-walk.ts';
import { closestWord, didYouMean } from './typo-hint.ts';
import { bestBranch } from './union-branch.ts';

type Issue = z.core.$ZodIssue;

/** Where something stands in a text: 1-based, with its whole line. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** What of a place is meant: its key, its value, or a character of its value, from 0. */
export type Spot = 'key' | 'value' | { readonly character: number };

export interface ProblemContext {
  readonly schema: z.core.$ZodType;
  /** The file, or where the input came from. */
  readonly file: string;
  /** Finds what is at the path in the text; left out for input without a text. */
  readonly locate?: (path: ProblemPath, spot: Spot) => TextPosition | undefined;
}

/** A problem before its place in the text is known. */
export interface UnplacedProblem extends Pick<SpecProblem, 'code' | 'found' | 'expected'> {
  readonly path: ProblemPath;
  readonly hint?: string | undefined;
  readonly at?: Spot;
}

/**
 * What the schema refused, as problems that a person can act on, in the order of the text. zod/mini carries no texts of its own
 * (they would triple the bundle), so they are derived from the issue's code, the schema and the value.
 */
export function problemsOf(error: z.core.$ZodError, value: unknown, context: ProblemContext): SpecProblem[] {
  const flat = error.issues.slice(0, mostIssues).flatMap((issue) => flatten(issue, [], value, context.schema));
  const described = flat.slice(0, mostIssues).flatMap(({ issue, path }) => describe(issue, path, value, context.schema));
  return placeProblems(withoutEchoes(described.slice(0, mostIssues)), context);
}

/** So many are shown; the last one says that there are more. A page of text has fewer, and what has more is no spec at all. */
const mostProblems = 50;
/** Of what the schema refused so much is looked at: some of it only repeats another problem. */
const mostIssues = 4 * mostProblems;

/** Gives each problem its position, and sorts by it. */
export function placeProblems(problems: readonly UnplacedProblem[], { file, locate }: Omit<ProblemContext, 'schema'>): SpecProblem[] {
  const placed = problems.map(({ code, path, found, expected, hint, at }): SpecProblem => {
    const position = locate?.(path, at ?? 'value');
    return { code, file, ...position, path: formatPath(path), found, expected, ...(hint === undefined ? {} : { hint }) };
  });
  const sorted = placed.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const last = sorted[mostProblems - 1];
  if (last === undefined || sorted.length === mostProblems) return sorted;
  const more = 'there are more problems, which are not shown';
  return [...sorted.slice(0, mostProblems - 1), { ...last, hint: last.hint === undefined ? more : `${last.hint}; ${more}` }];
}

/** With whether its key stands instead of those that are missing beside it: one of another kind of mesh. */
interface Described extends UnplacedProblem {
  readonly instead?: true;
}

interface FlatIssue {
  readonly issue: Issue;
  readonly path: ProblemPath;
}

function flatten(issue: Issue, above: ProblemPath, root: unknown, schema: z.core.$ZodType): FlatIssue[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ issue, path }];
  if ('options' in issue && issue.options !== undefined) {
    const values = issue.options.filter((option) => typeof option === 'string');
    return [{ issue: { code: 'invalid_value', values, path: issue.path, message: '' }, path }];
  }
  const branch = bestBranch(issue.errors, valueAt(root, path), allowedKeys(schema, path, root));
  if (branch === undefined) return [{ issue, path }];
  return branch.flatMap((inner) => flatten(inner, path, root, schema));
}

function describe(issue: Issue, path: ProblemPath, root: unknown, schema: z.core.$ZodType): Described[] {
  if (issue.code === 'unrecognized_keys') {
    const keys = allowedKeys(schema, path, root).filter((key) => !issue.keys.includes(key));
    const expected = keys.length === 0 ? 'no key here' : `one of ${listWords(keys)}`;
    return issue.keys.slice(0, mostIssues).map((key) => {
      const elsewhere = ofOtherKind(key, path, root, schema);
      return {
        code: 'unknownKey',
        path: [...path, key],
        found: `the unknown key ${quote(key)}`,
        expected,
        hint: didYouMean(key, keys) ?? elsewhere,
        at: 'key',
        ...(elsewhere === undefined ? {} : { instead: true }),
      };
    });
  }
  const value = valueAt(root, path);
  const missing = value === undefined || value === null;
  const expected = expectedText(issue, schema, path, root);
  return [
    {
      code: missing && issue.code !== 'custom' ? 'missing' : codeOf(issue),
      path,
      found: describeFound(value),
      expected,
      hint: missing ? descriptionAt(schema, path, root) : valueHint(issue, value, expected),
    },
  ];
}

function ofOtherKind(key: string, path: ProblemPath, root: unknown, schema: z.core.$ZodType): string | undefined {
  const kinds = kindsWithKey(schema, path, root, key);
  return kinds.length === 0 ? undefined : `\`${key}\` belongs to the kind ${listWords(kinds)}`;
}

function codeOf(issue: Issue): SpecProblemCode {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return 'wrongType';
    case 'invalid_value':
      return 'wrongValue';
    case 'invalid_format':
      return 'wrongFormat';
    case 'too_big':
    case 'too_small':
      return 'outOfRange';
    default:
      return 'rule';
  }
}

/**
 * Drops what only repeats another problem: a key that is missing because it was mistyped beside it, or because that of another kind stands
 * there, and a rule over a value, or over a mapping, that already has a problem of its own there.
 */
function withoutEchoes(problems: readonly Described[]): UnplacedProblem[] {
  const mistyped = new Set<string>();
  const replaced = new Set<string>();
  const own = new Set<string>();
  const missingAt = new Map<string, string[]>();
  for (const { code, path, found } of problems) {
    if (code !== 'rule') own.add(formatPath(path));
    if (found !== nothing) continue;
    const parent = formatPath(path.slice(0, -1));
    missingAt.set(parent, [...(missingAt.get(parent) ?? []), String(path.at(-1))]);
  }
  for (const { code, path, instead } of problems) {
    if (code !== 'unknownKey') continue;
    const parent = path.slice(0, -1);
    if (instead) replaced.add(formatPath(parent));
    const meant = closestWord(String(path.at(-1)), missingAt.get(formatPath(parent)) ?? []);
    if (meant !== undefined) mistyped.add(formatPath([...parent, meant]));
  }
  return problems.filter(({ code, path, found }) => {
    const place = formatPath(path);
    const echo = mistyped.has(place) || replaced.has(formatPath(path.slice(0, -1)));
    return !(found === nothing && echo) && !(code === 'rule' && own.has(place));
  });
}

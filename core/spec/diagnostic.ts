import { shorten } from '../shorten.ts';

/** What kind of problem it is, for programs: the console groups by it, tests name it. */
export type SpecProblemCode =
  | 'syntax'
  | 'tooLarge'
  | 'missing'
  | 'unknownKey'
  | 'wrongType'
  | 'wrongValue'
  | 'wrongFormat'
  | 'outOfRange'
  | 'rule'
  | 'fileName'
  | 'weightOrder'
  | 'weightAboveTotal'
  | 'fullWeight'
  | 'bakeTooShort'
  | 'duplicateRoute'
  | 'notSupported'
  | 'placeholder'
  | 'promql'
  | 'deadlineTooShort'
  | 'historyTooLong';

/** One thing that is wrong with a spec or an input (P4). Texts are fragments that fit `found …, expected …`. */
export interface SpecProblem {
  readonly code: SpecProblemCode;
  /** The file as the caller named it, or where the input came from: `start input`. */
  readonly file: string;
  /** 1-based. Absent for input that has no text, such as an event. */
  readonly line?: number;
  readonly column?: number;
  /** The whole line, for the excerpt. */
  readonly excerpt?: string;
  /** `steps[1].bake`; empty for the document as a whole. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

export type ProblemPath = readonly PropertyKey[];

/** @example formatPath(['steps', 1, 'bake']) // 'steps[1].bake' */
export function formatPath(path: ProblemPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]{1,60}$/.test(String(part))) text += `${text === '' ? '' : '.'}${String(part)}`;
    else text += `[${quote(String(part))}]`;
  }
  return text;
}

/** What is found where a key is missing or empty. */
export const nothing = 'nothing';

/** How a found value is shown: scalars as they are, shortened; collections by what they are, because they may be endless. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null) return nothing;
  if (typeof value === 'string') return value === '' ? 'an empty text' : quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return 'a mapping';
}

const longestQuote = 60;

/** In quotes, on one line, at most 60 characters. */
export function quote(text: string): string {
  return visible(JSON.stringify(text.length > longestQuote ? shorten(text, longestQuote - 1) : text));
}

/** @example listWords(['weight', 'bake', 'pause']) // 'weight, bake or pause' */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? 'nothing';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** One problem on one line, for the message of an error or a log. */
export function formatProblemLine(problem: SpecProblem): string {
  return `${headline(problem, (_, text) => text)}${problem.hint === undefined ? '' : ` (${problem.hint})`}`;
}

export interface FormatOptions {
  /** Whether to use ANSI colours: yes for a terminal, no for a log. */
  readonly colour: boolean;
}

/**
 * One problem as text of several lines, without a line break at the end.
 *
 * @example
 * rollouts/checkout.yaml:12:11 steps[1].bake: found "2mm", expected a duration such as 90s, 5m, 1h30m or 2d
 *   12 |     bake: 2mm
 *      |           ^
 *   did you mean `2m`?
 */
export function formatProblem(problem: SpecProblem, { colour }: FormatOptions): string {
  const paint: Paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines = [headline(problem, paint)];
  if (problem.line !== undefined && problem.excerpt !== undefined && problem.excerpt.trim() !== '') {
    lines.push(...excerptLines(problem.line, problem.column ?? 1, problem.excerpt, (text) => paint(red, text)));
  }
  if (problem.hint !== undefined) lines.push(`  ${paint(cyan, problem.hint)}`);
  return lines.join('\n');
}

type Paint = (code: number, text: string) => string;

/** ANSI: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const bold = 1;
const red = 31;
const green = 32;
const cyan = 36;

function headline(problem: SpecProblem, paint: Paint): string {
  const position = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  const place = `${visible(problem.file)}${position}${problem.path === '' ? '' : ` ${problem.path}`}`;
  return `${paint(bold, place)}: found ${paint(red, problem.found)}, expected ${paint(green, problem.expected)}`;
}

const widestExcerpt = 110;

function excerptLines(line: number, column: number, text: string, paint: (text: string) => string): string[] {
  const start = column > widestExcerpt - 20 ? column - 40 : 0;
  const shown = visible(text.slice(start, start + widestExcerpt)).trimEnd();
  const gutter = String(line);
  return [`  ${gutter} | ${shown}`, `  ${' '.repeat(gutter.length)} | ${' '.repeat(column - 1 - start)}${paint('^')}`];
}

/** Without control and direction characters: a spec must not be able to drive the reader's terminal. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}

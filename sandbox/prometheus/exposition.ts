import { type Labels, metricName } from './labels.ts';

export interface ExposedSample {
  readonly labels: Labels;
  readonly value: number;
  /** Where the target gave one. */
  readonly atMs: number | undefined;
}

export type Exposition =
  | { readonly ok: true; readonly samples: readonly ExposedSample[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

const nameAt = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelAt = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const valueAt = /"((?:[^"\\\n]|\\.)*)"/y;
const spaceAt = /[ \t]*/y;
const restAt = /(\S+)(?:[ \t]+(-?\d+))?[ \t]*$/y;
const metricTypes = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/**
 * Parses the text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). One line that does not hold
 * fails the whole, as a scrape by Prometheus does.
 */
export function parseExposition(text: string): Exposition {
  const samples: ExposedSample[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const parsed = parseLine(line.replace(/\r$/, ''));
    if (typeof parsed === 'string') return { ok: false, line: index + 1, message: parsed };
    if (parsed !== undefined) samples.push(parsed);
  }
  return { ok: true, samples };
}

/** A sample; nothing for a line that holds none; a message for one that does not hold. */
function parseLine(line: string): ExposedSample | string | undefined {
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  if (trimmed.startsWith('#')) return parseComment(trimmed);
  const cursor = new Cursor(line);
  const name = cursor.take(nameAt);
  if (name === undefined) return 'expected the name of a metric';
  const labels: Record<string, string> = { [metricName]: name };
  cursor.take(spaceAt);
  if (cursor.takeChar('{')) {
    const wrong = parseLabels(cursor, labels);
    if (wrong !== undefined) return wrong;
  }
  cursor.take(spaceAt);
  const rest = cursor.match(restAt);
  const value = parseValue(rest?.[1] ?? '');
  if (rest === undefined || value === undefined) return 'expected a value, and at most one timestamp in milliseconds';
  return { labels, value, atMs: rest[2] === undefined ? undefined : Number(rest[2]) };
}

function parseComment(comment: string): string | undefined {
  const [, keyword, name, rest = ''] = /^#\s+(HELP|TYPE)(?:\s+(\S+)(?:\s+(.*))?)?$/.exec(comment) ?? [];
  if (keyword === undefined) return undefined;
  if (name === undefined) return `expected the name of a metric after ${keyword}`;
  return keyword === 'TYPE' && !metricTypes.includes(rest) ? `invalid metric type ${JSON.stringify(rest)}` : undefined;
}

/** Fills the labels in; the message where they do not hold. A comma after the last one is allowed. */
function parseLabels(cursor: Cursor, labels: Record<string, string>): string | undefined {
  for (;;) {
    cursor.take(spaceAt);
    if (cursor.takeChar('}')) return undefined;
    const label = cursor.take(labelAt);
    if (label === undefined) return 'expected the name of a label';
    cursor.take(spaceAt);
    if (!cursor.takeChar('=')) return `expected = after the label ${label}`;
    cursor.take(spaceAt);
    const quoted = cursor.match(valueAt);
    if (quoted === undefined) return `expected a quoted value for the label ${label}`;
    if (Object.hasOwn(labels, label)) return `the label ${label} stands twice`;
    labels[label] = (quoted[1] ?? '').replace(/\\(.)/g, (whole, escaped: string) => unescapeChar(whole, escaped));
    cursor.take(spaceAt);
    if (!cursor.takeChar(',') && !cursor.at('}')) return 'expected , or } after a label';
  }
}

/** The format knows three escapes; what else follows a backslash is taken as it stands. */
function unescapeChar(whole: string, escaped: string): string {
  if (escaped === 'n') return '\n';
  return escaped === '\\' || escaped === '"' ? escaped : whole;
}

function parseValue(text: string): number | undefined {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

class Cursor {
  readonly #text: string;
  #index: number;

  constructor(text: string) {
    this.#text = text;
    this.#index = text.length - text.trimStart().length;
  }

  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#index = pattern.lastIndex;
    return found;
  }

  take(pattern: RegExp): string | undefined {
    return this.match(pattern)?.[0];
  }

  at(char: string): boolean {
    return this.#text[this.#index] === char;
  }

  takeChar(char: string): boolean {
    if (!this.at(char)) return false;
    this.#index += 1;
    return true;
  }
}

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Scalar, visit } from 'yaml';
import type { ProblemPath, SpecProblem } from './diagnostic.ts';
import type { Spot, TextPosition } from './problems-of.ts';

/** A spec is a page of text; what is larger is something else, and is not worth parsing. */
const largestSpecBytes = 256 * 1024;

/** How often a spec may refer to anchors, each weighed by what it expands to: few lines can stand for gigabytes. */
const largestAliasCount = 100;

const mostProblems = 20;

export interface YamlSource {
  readonly value: unknown;
  readonly locate: (path: ProblemPath, spot: Spot) => TextPosition | undefined;
}

export type ReadYaml = ({ readonly ok: true } & YamlSource) | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Reads one YAML 1.2 document, and remembers where everything stands. `<<` is a key like any other, also where the file says that it
 * is YAML 1.1, and `__proto__` is a key of the object, not its prototype; the schema then refuses both as unknown.
 */
export function readYaml(text: string, file: string): ReadYaml {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > largestSpecBytes) {
    const found = `${Math.ceil(bytes / 1024)} KB`;
    return { ok: false, problems: [{ code: 'tooLarge', file, path: '', found, expected: 'a spec of at most 256 KB' }] };
  }
  const lineCounter = new LineCounter();
  const document = parseYaml(text, lineCounter);
  if (document === undefined)
    return { ok: false, problems: [syntaxProblem(file, 'RESOURCE_EXHAUSTION', '', { line: 1, column: 1, excerpt: '' })] };
  const positionAt = (offset: number) => textPosition(text, lineCounter, offset);
  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({ code, message, offset: pos[0] }));
  const repeated = faults.length > 0 ? [] : repeatedKeys(document).map((offset) => ({ code: 'DUPLICATE_KEY', message: '', offset }));
  const shown = [...faults, ...repeated].slice(0, mostProblems);
  if (shown.length > 0) {
    const problems = shown.map(({ code, message, offset }) => syntaxProblem(file, code, message, positionAt(offset)));
    return { ok: false, problems };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: largestAliasCount });
    return { ok: true, value, locate: (path, spot) => positionAt(offsetOf(document, path, spot, text)) };
  } catch (error) {
    // The only two complaints of toJS: an alias without its anchor, and more aliases than allowed.
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [syntaxProblem(file, 'ALIAS', message, positionAt(0))] };
  }
}

/** Undefined for what is nested so deeply that the parser, which calls itself for each level, comes to the end of the stack. */
function parseYaml(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      schema: 'core',
      version: '1.2',
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      // The parser compares each key with each other: 20,000 of them took it 4 s.
      uniqueKeys: false,
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Where keys stand that their mapping has already. */
function repeatedKeys(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : '';
        if (keys.has(name)) offsets.push(startOf(key) ?? 0);
        keys.add(name);
      }
    },
  });
  return offsets;
}

function syntaxProblem(file: string, code: string, message: string, position: TextPosition): SpecProblem {
  return { code: 'syntax', file, path: '', ...position, ...syntaxText(code, message) };
}

function syntaxText(code: string, message: string): Pick<SpecProblem, 'found' | 'expected' | 'hint'> {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { found: 'a key for the second time', expected: 'each key once' };
    case 'MULTIPLE_DOCS':
      return { found: 'a second document', expected: 'one rollout in a file', hint: 'move what follows --- to a file of its own' };
    case 'RESOURCE_EXHAUSTION':
      return { found: 'too many levels of nesting', expected: 'a rollout spec' };
    case 'TAB_AS_INDENT':
      return { found: 'a tab', expected: 'spaces for indentation' };
    default:
      return { found: `what YAML does not take (${message})`, expected: 'YAML' };
  }
}

function textPosition(text: string, lineCounter: LineCounter, offset: number): TextPosition {
  const { line, col } = lineCounter.linePos(offset);
  const start = lineCounter.lineStarts[line - 1] ?? 0;
  const end = text.indexOf('\n', start);
  return { line: Math.max(1, line), column: Math.max(1, col), excerpt: text.slice(start, end === -1 ? undefined : end) };
}

/**
 * Where a value, a key, or a character of a text stands. What is not there stands where its parent does: at the parent's key, or, in
 * a list, at the parent's beginning.
 */
function offsetOf(document: Document, path: ProblemPath, spot: Spot, text: string): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, name] of path.entries()) {
    const here = isAlias(node) ? node.resolve(document) : node;
    if (isMap(here)) {
      const pair = here.items.find((item) => isScalar(item.key) && String(item.key.value) === String(name));
      if (pair === undefined) return offset;
      const wantsKey = spot === 'key' && depth === path.length - 1;
      // A mapping or a list is best shown by its key; so is a value that was left empty.
      const shown = isScalar(pair.value) && pair.value.source !== '' && !wantsKey ? pair.value : pair.key;
      offset = startOf(shown) ?? offset;
      node = pair.value;
    } else {
      node = isSeq(here) ? here.items[Number(name)] : undefined;
      offset = startOf(node) ?? offset;
    }
  }
  return typeof spot === 'object' && isScalar(node) ? characterOffset(node, spot.character, text) : offset;
}

/** Exact for literal blocks (`|`) and for what stands on one line without escapes; the scalar's beginning for everything else. */
function characterOffset(scalar: Scalar, character: number, text: string): number {
  const start = scalar.range?.[0] ?? 0;
  const value = String(scalar.value);
  if (scalar.type === 'BLOCK_LITERAL') {
    const before = value.slice(0, character).split('\n');
    let lineStart = text.indexOf('\n', start) + 1;
    const indent = /^(?:[ ]*\r?\n)*([ ]*)/.exec(text.slice(lineStart))?.[1]?.length ?? 0;
    for (let line = 1; line < before.length; line += 1) lineStart = text.indexOf('\n', lineStart) + 1;
    return lineStart + indent + (before.at(-1)?.length ?? 0);
  }
  const quoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE' ? 1 : 0;
  return text.startsWith(value, start + quoted) ? start + quoted + character : start;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

import { BlockList, isIP } from 'node:net';
import { badPattern, isRecord } from './pattern-error.ts';

/** What an event can hold at the end of a path. */
export type Leaf = string | number | boolean | null;

/** Whether one value of an event passes. `absent` is the matcher that asks for no value at all: `{"exists": false}`. */
export type Matcher = ((value: Leaf) => boolean) | 'absent';

type Test = (value: Leaf) => boolean;
type Path = readonly string[];

/**
 * Compiles one entry of a pattern's list: a literal, or an object with exactly one operator.
 *
 * @throws InvalidInputError for an operator that EventBridge does not know, or an operand that it does not take.
 */
export function compileMatcher(entry: unknown, path: Path): Matcher {
  if (entry === null || typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean') {
    return (value) => value === entry;
  }
  if (!isRecord(entry)) throw badPattern(path, 'holds a list within a list');
  const [operator, operand] = onlyEntry(entry, path);
  const inside = [...path, operator];
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw badPattern(inside, 'must be true or false');
    return operand ? () => true : 'absent';
  }
  if (operator === 'anything-but') return anythingBut(operand, inside);
  if (operator === 'numeric') return numeric(operand, inside);
  if (operator === 'cidr') return cidr(operand, inside);
  return textTest(operator, operand, path);
}

function onlyEntry(entry: Readonly<Record<string, unknown>>, path: Path): [string, unknown] {
  const [first, ...more] = Object.entries(entry);
  if (first === undefined || more.length > 0) throw badPattern(path, 'holds an object that has not exactly one operator');
  return first;
}

/** prefix, suffix, equals-ignore-case and wildcard: they pass strings only, never the digits of a number. */
function textTest(operator: string, operand: unknown, path: Path): Test {
  const inside = [...path, operator];
  switch (operator) {
    case 'equals-ignore-case': {
      const wanted = text(operand, inside).toLowerCase();
      return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
    }
    case 'wildcard': {
      const expression = wildcardExpression(text(operand, inside), inside);
      return (value) => typeof value === 'string' && expression.test(value);
    }
    case 'prefix':
    case 'suffix': {
      const ignoreCase = isRecord(operand);
      if (ignoreCase && onlyEntry(operand, inside)[0] !== 'equals-ignore-case') {
        throw badPattern(inside, 'takes a string, or an object with equals-ignore-case');
      }
      const given = text(ignoreCase ? operand['equals-ignore-case'] : operand, inside);
      const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
      const wanted = fold(given);
      return operator === 'prefix'
        ? (value) => typeof value === 'string' && fold(value).startsWith(wanted)
        : (value) => typeof value === 'string' && fold(value).endsWith(wanted);
    }
    default:
      throw badPattern(path, `uses the unknown operator ${JSON.stringify(operator)}`);
  }
}

function text(operand: unknown, path: Path): string {
  if (typeof operand !== 'string' || operand === '') throw badPattern(path, 'must be a string that is not empty');
  return operand;
}

/** Any value but these: also null and other types. A path without a value never passes. */
function anythingBut(operand: unknown, path: Path): Test {
  if (isRecord(operand)) {
    const [operator, inner] = onlyEntry(operand, path);
    const tests = listOf(inner, [...path, operator]).map((item) => textTest(operator, item, path));
    return (value) => !tests.some((test) => test(value));
  }
  const unwanted = listOf(operand, path);
  if (!unwanted.every((item) => typeof item === 'string') && !unwanted.every((item) => typeof item === 'number')) {
    throw badPattern(path, 'must hold strings only, or numbers only');
  }
  return (value) => !unwanted.some((item) => item === value);
}

function listOf(operand: unknown, path: Path): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw badPattern(path, 'is an empty list');
  return list;
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `[">", 0]`, or a range: `[">", 0, "<=", 5]`, the lower bound first. */
function numeric(operand: unknown, path: Path): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw badPattern(path, 'must be a list of one or two comparisons, such as [">", 0, "<=", 5]');
  }
  const bounds = [operand.slice(0, 2), operand.slice(2)].filter((pair) => pair.length > 0);
  const tests = bounds.map(([operator, bound]) => {
    const compare = typeof operator === 'string' ? comparisons[operator] : undefined;
    if (compare === undefined || typeof bound !== 'number') throw badPattern(path, 'must pair =, <, <=, > or >= with a number');
    return (value: number) => compare(value, bound);
  });
  if (bounds.length === 2 && !(operand[0].startsWith('>') && operand[2].startsWith('<') && operand[1] < operand[3])) {
    throw badPattern(path, 'must be a range with its lower bound first and some room between the two');
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function cidr(operand: unknown, path: Path): Test {
  const [address = '', prefixText = ''] = text(operand, path).split('/');
  const version = isIP(address);
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (version === 0 || !(prefix <= (version === 4 ? 32 : 128))) throw badPattern(path, 'must be an address range such as 10.0.0.0/24');
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(address, prefix, family);
  return (value) => typeof value === 'string' && isIP(value) === version && range.check(value, family);
}

/** `*` stands for any run of characters; `\*` and `\\` for the characters themselves. */
function wildcardExpression(pattern: string, path: Path): RegExp {
  const pieces = pattern.match(/\\[\s\S]?|\*+|[^\\*]+/g) ?? [];
  const source = pieces.map((piece) => {
    if (piece.startsWith('\\') && piece !== '\\*' && piece !== '\\\\') throw badPattern(path, 'escapes something other than * and \\');
    if (piece.startsWith('**')) throw badPattern(path, 'has two wildcards in a row');
    return piece === '*' ? '[\\s\\S]*' : literal(piece.startsWith('\\') ? piece.slice(1) : piece);
  });
  return new RegExp(`^${source.join('')}$`);
}

function literal(piece: string): string {
  return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

import { parser } from '@prometheus-io/lezer-promql';

export type QueryCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Characters from the start of the query, from 0. */
      readonly position: number;
      /** What is wrong there, in the words of Prometheus where it has some. */
      readonly message: string;
    };

/**
 * Checks PromQL by its grammar: syntax, and names of functions. What the grammar cannot tell is left to the server: types (a
 * `rate` without a range), numbers of arguments, and whether such a series exists.
 *
 * @example checkQuery('sum(rate(errors_total[1m])') // { ok: false, position: 26, message: 'unexpected end of input' }
 */
export function checkQuery(promql: string): QueryCheck {
  let found: QueryCheck = { ok: true };
  const refuse = (position: number, message: string) => {
    if (found.ok || position < found.position) found = { ok: false, position, message };
  };
  parser.parse(promql).iterate({
    enter: (node) => {
      if (node.type.isError) refuse(...explain(promql, node.from));
      if (node.name === 'StringLiteral' && !isTerminated(promql.slice(node.from, node.to))) {
        refuse(node.from, 'unterminated quoted string');
      }
    },
  });
  return found;
}

const keyword = /^(on|ignoring|group_left|group_right|by|without|bool|offset|and|or|unless)$/i;

/** The grammar marks where it could not go on; a bracket after a name there is a call of a function that it does not know. */
function explain(promql: string, errorAt: number): [position: number, message: string] {
  const position = errorAt + lengthOfSpace(promql.slice(errorAt));
  const rest = promql.slice(position);
  if (rest === '') {
    const isEmpty = lengthOfSpace(promql) === promql.length;
    return isEmpty ? [0, 'no expression found in input'] : [promql.length, 'unexpected end of input'];
  }
  const name = /([a-zA-Z_:][\w:]*)\s*$/.exec(promql.slice(0, position));
  if (rest.startsWith('(') && name?.[1] !== undefined && !keyword.test(name[1])) {
    return [name.index, `unknown function with name "${name[1]}"`];
  }
  const token = /^([a-zA-Z_:][\w:]*|[\d.]+\w*|[=!<>]=|=~|!~|.)/s.exec(rest)?.[0] ?? rest;
  return [position, `unexpected ${JSON.stringify(token)}`];
}

/** White space and comments at the start of a text. */
function lengthOfSpace(text: string): number {
  return /^(\s|#[^\n]*(\n|$))*/.exec(text)?.[0].length ?? 0;
}

/** The grammar takes a string without its closing quote; a backslash before that quote makes it part of the text. */
function isTerminated(literal: string): boolean {
  return /^("(\\.|[^"\\])*"|'(\\.|[^'\\])*'|`[^`]*`)$/s.test(literal);
}

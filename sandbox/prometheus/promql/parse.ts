import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { checkTypes } from './check-types.ts';
import {
  type Aggregate,
  aggregateOperators,
  arithmeticOperators,
  type Binary,
  type BinaryOperator,
  comparisonOperators,
  type Expression,
  type Grouping,
  type Matching,
  setOperators,
} from './expression.ts';
import { parseNumber } from './literals.ts';
import { takeOffsets } from './offsets.ts';
import { parseRange, parseSelector } from './parse-selector.ts';
import { parseError, QueryError } from './query-error.ts';
import { signatures } from './signatures.ts';
import { Source } from './source.ts';

/**
 * Parses and checks a query.
 *
 * @throws QueryError (bad_data) with line and column, for what Prometheus would not parse, and for the part of PromQL that the
 *   sandbox does not evaluate: sub-queries, `@`, fill and duration arithmetic, and most functions beyond those in signatures.ts.
 */
export function parse(query: string): Expression {
  const checked = checkQuery(query);
  if (!checked.ok) {
    if (checked.message === 'no expression found in input') {
      throw new QueryError('bad_data', `unknown position: parse error: ${checked.message}`);
    }
    throw parseError(query, checked.position, checked.message);
  }
  const rest = takeOffsets(query);
  const source = new Source(query, rest.offsets);
  const expression = toExpression(source, source.child(parser.parse(rest.query).topNode, 'Expr'));
  source.refuseLeftOffsets();
  checkTypes(query, expression);
  return expression;
}

function toExpression(source: Source, node: SyntaxNode): Expression {
  const position = node.from;
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'number', value: parseNumber(source.text(node)), position };
    case 'StringLiteral':
      return { kind: 'string', value: source.string(node), position };
    case 'VectorSelector':
      return parseSelector(source, node);
    case 'MatrixSelector':
      return parseRange(source, node);
    case 'ParenExpr':
      return { kind: 'paren', of: toExpression(source, source.child(node, 'Expr')), position };
    case 'UnaryExpr': {
      const op = source.text(source.child(node, 'UnaryOp')) === '-' ? '-' : '+';
      return { kind: 'unary', op, of: toExpression(source, source.child(node, 'Expr')), position };
    }
    case 'FunctionCall':
      return toCall(source, node);
    case 'AggregateExpr':
      return toAggregate(source, node);
    case 'BinaryExpr':
      return toBinary(source, node);
    default:
      return source.fail(node, `${node.name} is beyond the PromQL that the sandbox evaluates`);
  }
}

function toCall(source: Source, node: SyntaxNode): Expression {
  const name = source.text(source.child(node, 'FunctionIdentifier'));
  if (!signatures.has(name)) source.fail(node, `unknown function with name "${name}"`);
  return { kind: 'call', name, args: argumentsOf(source, node), position: node.from };
}

function argumentsOf(source: Source, node: SyntaxNode): Expression[] {
  return source
    .child(node, 'FunctionCallBody')
    .getChildren('Expr')
    .map((argument) => toExpression(source, argument));
}

function toAggregate(source: Source, node: SyntaxNode): Aggregate {
  const name = source.text(source.child(node, 'AggregateOp')).toLowerCase();
  const op = aggregateOperators.find((known) => known === name);
  if (op === undefined) return source.fail(node, `the aggregation ${name} is beyond the PromQL that the sandbox evaluates`);
  const args = argumentsOf(source, node);
  const expected = op === 'topk' || op === 'bottomk' || op === 'quantile' ? 2 : 1;
  if (args.length === 0) return source.fail(node, 'no arguments for aggregate expression provided');
  const of = args.at(-1);
  if (of === undefined || args.length !== expected) {
    return source.fail(node, `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`);
  }
  const parameter = expected === 2 ? args[0] : undefined;
  return { kind: 'aggregate', op, grouping: toGrouping(source, node.getChild('AggregateModifier')), parameter, of, position: node.from };
}

function toGrouping(source: Source, modifier: SyntaxNode | null): Grouping {
  return { without: modifier?.getChild('Without') != null, labels: source.names(modifier?.getChild('GroupingLabels') ?? null) };
}

const binaryOperators: readonly BinaryOperator[] = [...arithmeticOperators, ...comparisonOperators, ...setOperators];

function toBinary(source: Source, node: SyntaxNode): Expression {
  const [leftNode, rightNode] = node.getChildren('Expr');
  const opNode = leftNode?.nextSibling;
  if (leftNode === undefined || rightNode === undefined || opNode == null) return source.fail(node, 'unexpected end of input');
  if (node.getChild('FillModifier') !== null) source.fail(node, 'binop fill modifiers are experimental and not enabled');
  const opText = source.text(opNode).toLowerCase();
  const op = binaryOperators.find((known) => known === opText);
  if (op === undefined) return source.fail(opNode, `the operator ${opText} is beyond the PromQL that the sandbox evaluates`);
  const left = toExpression(source, leftNode);
  const binary: Omit<Binary, 'left'> = {
    kind: 'binary',
    op,
    bool: node.getChild('BoolModifier') !== null,
    matching: toMatching(source, node.getChild('MatchingModifierClause')),
    right: toExpression(source, rightNode),
    position: node.from,
  };
  // The grammar takes the sign for a part of the number, but a power binds tighter: -2^2 is -(2^2).
  const sign = leftNode.name === 'NumberDurationLiteral' ? source.text(leftNode).charAt(0) : '';
  if (op === '^' && left.kind === 'number' && (sign === '-' || sign === '+')) {
    const unsigned = { ...left, value: sign === '-' ? -left.value : left.value };
    return { kind: 'unary', op: sign, of: { ...binary, left: unsigned }, position: node.from };
  }
  return { ...binary, left };
}

function toMatching(source: Source, clause: SyntaxNode | null): Matching {
  if (clause === null) return { on: false, labels: [], group: undefined, include: [] };
  const [labels = null, include = null] = clause.getChildren('GroupingLabels');
  const isLeft = clause.getChild('GroupLeft') !== null;
  const isRight = clause.getChild('GroupRight') !== null;
  return {
    on: clause.getChild('On') !== null,
    labels: source.names(labels),
    group: isLeft ? 'left' : isRight ? 'right' : undefined,
    include: source.names(include),
  };
}

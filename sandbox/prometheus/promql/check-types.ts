import { type Aggregate, type Binary, type Call, type Expression, isComparison, isSetOperator } from './expression.ts';
import { parseError } from './query-error.ts';
import { signatures } from './signatures.ts';
import { typeNames, type ValueType } from './value.ts';

/** What a query answers, known before it runs. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return expression.rangeMs === undefined ? 'vector' : 'matrix';
    case 'paren':
    case 'unary':
      return typeOf(expression.of);
    case 'aggregate':
      return 'vector';
    case 'call':
      return signatures.get(expression.name)?.returns ?? 'vector';
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'vector';
  }
}

/**
 * Refuses what parses but has wrong types, as Prometheus does before it runs a query.
 *
 * @throws QueryError (bad_data)
 */
export function checkTypes(query: string, expression: Expression): void {
  const fail = (at: Expression, message: string): never => {
    throw parseError(query, at.position, message);
  };
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return;
    case 'paren':
      checkTypes(query, expression.of);
      return;
    case 'unary': {
      checkTypes(query, expression.of);
      const type = typeOf(expression.of);
      if (type !== 'scalar' && type !== 'vector') {
        fail(expression, `unary expression only allowed on expressions of type scalar or instant vector, got "${typeNames[type]}"`);
      }
      return;
    }
    case 'aggregate':
      for (const part of [expression.of, expression.parameter]) if (part !== undefined) checkTypes(query, part);
      checkAggregate(expression, fail);
      return;
    case 'call':
      for (const argument of expression.args) checkTypes(query, argument);
      checkCall(expression, fail);
      return;
    case 'binary':
      checkTypes(query, expression.left);
      checkTypes(query, expression.right);
      checkBinary(expression, fail);
      return;
  }
}

type Fail = (at: Expression, message: string) => never;

function checkAggregate(aggregate: Aggregate, fail: Fail): void {
  const type = typeOf(aggregate.of);
  if (type !== 'vector') fail(aggregate.of, `expected type instant vector in aggregation expression, got ${typeNames[type]}`);
  if (aggregate.parameter === undefined) return;
  const parameterType = typeOf(aggregate.parameter);
  if (parameterType !== 'scalar') {
    fail(aggregate.parameter, `expected type scalar in aggregation parameter, got ${typeNames[parameterType]}`);
  }
}

function checkCall(call: Call, fail: Fail): void {
  const signature = signatures.get(call.name) ?? fail(call, `unknown function with name "${call.name}"`);
  const most = signature.args.length;
  const least = most - signature.optional;
  const got = call.args.length;
  if (signature.optional === 0 && got !== most) fail(call, `expected ${most} argument(s) in call to "${call.name}", got ${got}`);
  if (got < least) fail(call, `expected at least ${least} argument(s) in call to "${call.name}", got ${got}`);
  if (got > most) fail(call, `expected at most ${most} argument(s) in call to "${call.name}", got ${got}`);
  for (const [index, argument] of call.args.entries()) {
    const expected = signature.args[index] ?? 'vector';
    const type = typeOf(argument);
    if (type !== expected) {
      fail(argument, `expected type ${typeNames[expected]} in call to function "${call.name}", got ${typeNames[type]}`);
    }
  }
}

function checkBinary(binary: Binary, fail: Fail): void {
  const { op, matching, left, right } = binary;
  const types = [typeOf(left), typeOf(right)];
  if (binary.bool && !isComparison(op)) fail(binary, 'bool modifier can only be used on comparison operators');
  for (const [index, type] of types.entries()) {
    if (type !== 'scalar' && type !== 'vector') {
      fail(index === 0 ? left : right, 'binary expression must contain only scalar and instant vector types');
    }
  }
  if (isComparison(op) && !binary.bool && !types.includes('vector')) fail(binary, 'comparisons between scalars must use BOOL modifier');
  const both = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (both !== undefined) fail(binary, `label "${both}" must not occur in ON and GROUP clause at once`);
  if (types.includes('scalar')) {
    if (matching.labels.length > 0) fail(binary, 'vector matching only allowed between instant vectors');
    if (isSetOperator(op)) fail(binary, `set operator "${op}" not allowed in binary scalar expression`);
  } else if (isSetOperator(op) && matching.group !== undefined) {
    fail(binary, `no grouping allowed for "${op}" operation`);
  }
}

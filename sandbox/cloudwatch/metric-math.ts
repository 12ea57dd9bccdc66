import { InvalidInputError } from '../../core/errors.ts';

/** Computes an expression at one time, out of the values of its ids at that time. */
export type Expression = {
  readonly ids: readonly string[];
  evaluate(lookUp: (id: string) => number | undefined): number | undefined;
};

type Node = (lookUp: (id: string) => number | undefined) => number | undefined;

/**
 * Compiles the part of CloudWatch's metric math that an error rate needs: numbers, ids, `+ - * /`, parentheses.
 *
 * As in CloudWatch, a result is missing where an operand is missing or the divisor is 0: `100*errors/requests` has no
 * datapoint while there are no requests.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws InvalidInputError for anything else, functions among them.
 */
export function compileExpression(text: string): Expression {
  const tokens = text.match(/\d+(?:\.\d+)?|[a-z]\w*|[-+*/()]|\S/g) ?? [];
  const ids = new Set<string>();
  let next = 0;

  const refuse = (): never => {
    throw new InvalidInputError(`The expression ${JSON.stringify(text)} cannot be read at ${JSON.stringify(tokens[next] ?? 'its end')}.`, {
      remedy: 'Use numbers, ids that begin with a small letter, + - * / and parentheses, as in 100*errors/requests.',
    });
  };
  const operand = (): Node => {
    const token = tokens[next] ?? refuse();
    next += 1;
    if (/^\d/.test(token)) return () => Number(token);
    if (/^[a-z]/.test(token)) {
      ids.add(token);
      return (lookUp) => lookUp(token);
    }
    if (token === '-') return combine(() => 0, '-', operand());
    if (token === '(') {
      const inner = sum();
      if (tokens[next] !== ')') refuse();
      next += 1;
      return inner;
    }
    next -= 1;
    return refuse();
  };
  const chain = (part: () => Node, operators: readonly string[]): Node => {
    let left = part();
    for (let operator = tokens[next]; operator !== undefined && operators.includes(operator); operator = tokens[next]) {
      next += 1;
      left = combine(left, operator, part());
    }
    return left;
  };
  const sum = (): Node => chain(() => chain(operand, ['*', '/']), ['+', '-']);

  const evaluate = sum();
  if (next < tokens.length) refuse();
  return { ids: [...ids], evaluate };
}

function combine(left: Node, operator: string, right: Node): Node {
  return (lookUp) => {
    const a = left(lookUp);
    const b = right(lookUp);
    if (a === undefined || b === undefined || (operator === '/' && b === 0)) return undefined;
    return operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;
  };
}

import type { ArithmeticOperator, ComparisonOperator } from './expression.ts';

/** IEEE 754 as in Go: x/0 is ±Inf, 0/0 and x%0 are NaN. */
export function calculate(op: ArithmeticOperator, left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return power(left, right);
  }
}

export function compare(op: ComparisonOperator, left: number, right: number): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
  }
}

/** Go, as IEEE 754, has 1 to any power as 1, also to NaN, and -1 to ±Inf as 1; JavaScript has NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  return base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY ? 1 : base ** exponent;
}

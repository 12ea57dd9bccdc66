import type { Matcher } from '../series-store.ts';

/** A parsed query. Each part knows where it begins: characters from the start of the query, from 0. */
export type Expression =
  | NumberLiteral
  | { readonly kind: 'string'; readonly value: string; readonly position: number }
  | Selector
  | Call
  | Aggregate
  | Binary
  | Unary
  | { readonly kind: 'paren'; readonly of: Expression; readonly position: number };

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  readonly position: number;
}

export interface Selector {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
  /** Set on a range selector only. */
  readonly rangeMs: number | undefined;
  readonly position: number;
}

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  readonly position: number;
}

export const aggregateOperators = ['sum', 'avg', 'min', 'max', 'count', 'group', 'topk', 'bottomk', 'quantile'] as const;
export type AggregateOperator = (typeof aggregateOperators)[number];

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly op: AggregateOperator;
  readonly grouping: Grouping;
  readonly parameter: Expression | undefined;
  readonly of: Expression;
  readonly position: number;
}

export const arithmeticOperators = ['+', '-', '*', '/', '%', '^'] as const;
export const comparisonOperators = ['==', '!=', '>', '<', '>=', '<='] as const;
export const setOperators = ['and', 'or', 'unless'] as const;
export type ArithmeticOperator = (typeof arithmeticOperators)[number];
export type ComparisonOperator = (typeof comparisonOperators)[number];
export type SetOperator = (typeof setOperators)[number];
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

export interface Matching {
  /** True for `on (...)`, false for `ignoring (...)` and where nothing is said. */
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | undefined;
  /** Labels that the many side takes over from the one side. */
  readonly include: readonly string[];
}

export interface Binary {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly bool: boolean;
  readonly matching: Matching;
  readonly left: Expression;
  readonly right: Expression;
  readonly position: number;
}

export interface Unary {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly of: Expression;
  readonly position: number;
}

export function isComparison(op: BinaryOperator): op is ComparisonOperator {
  return comparisonOperators.some((known) => known === op);
}

export function isSetOperator(op: BinaryOperator): op is SetOperator {
  return setOperators.some((known) => known === op);
}

export function withoutParens(expression: Expression): Expression {
  return expression.kind === 'paren' ? withoutParens(expression.of) : expression;
}

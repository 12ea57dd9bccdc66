/** What the API answers a query with that it cannot parse (`bad_data`, 400) or cannot finish (`execution`, 422). */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly type: 'bad_data' | 'execution';

  constructor(type: 'bad_data' | 'execution', message: string) {
    super(message);
    this.type = type;
  }
}

/**
 * A parse error as Prometheus words it, with line and column from 1.
 *
 * @example parseError('sum(', 4, 'unexpected end of input').message // 1:5: parse error: unexpected end of input
 */
export function parseError(query: string, position: number, message: string): QueryError {
  const before = query.slice(0, position).split('\n');
  return new QueryError('bad_data', `${before.length}:${(before.at(-1) ?? '').length + 1}: parse error: ${message}`);
}

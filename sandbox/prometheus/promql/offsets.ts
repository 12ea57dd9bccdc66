import { parser } from '@prometheus-io/lezer-promql';
import { durationMs } from './literals.ts';
import { parseError } from './query-error.ts';

/** An `offset` modifier, apart from what it modifies. */
export interface Offset {
  readonly ms: number;
  readonly position: number;
}

export interface WithoutOffsets {
  /** The query with spaces where the modifiers stood, so that all positions stay. */
  readonly query: string;
  /** By where the part that each one follows ends. */
  readonly offsets: ReadonlyMap<number, Offset>;
}

/**
 * Takes the `offset` modifiers out of a query. The grammar binds them too loosely: it reads `a + b offset 5m * c` as
 * `((a + b) offset 5m) * c`, where Prometheus reads `a + ((b offset 5m) * c)`. Without them the rest parses as Prometheus does it,
 * and each one goes to the selector that it follows.
 *
 * @throws QueryError (bad_data)
 */
export function takeOffsets(query: string): WithoutOffsets {
  const offsets = new Map<number, Offset>();
  let rest = query;
  parser.parse(query).iterate({
    enter: ({ name, node }) => {
      if (name !== 'OffsetExpr') return;
      const of = node.getChild('Expr');
      const keyword = node.getChild('Offset');
      const duration = node.getChild('OffsetDurationExpr');
      if (of === null || keyword === null || duration === null) return;
      if (of.name === 'OffsetExpr') throw parseError(query, keyword.from, 'offset may not be set multiple times');
      const ms = durationMs(query.slice(duration.from, duration.to));
      if (typeof ms === 'string') throw parseError(query, duration.from, ms);
      offsets.set(of.to, { ms, position: keyword.from });
      rest = rest.slice(0, keyword.from) + ' '.repeat(duration.to - keyword.from) + rest.slice(duration.to);
    },
  });
  return { query: rest, offsets };
}

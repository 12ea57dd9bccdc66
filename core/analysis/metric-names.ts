import { parser } from '@prometheus-io/lezer-promql';

/**
 * The names of the series that a query asks for, each once, in the order in which they stand: where none has such a name, it is misspelt, or a
 * recording rule that there is not. Those within matchers (`{__name__=~"…"}`) are left out.
 *
 * @param promql Filled already.
 * @example metricNames('sum(rate(errors_total[1m])) / sum(job:requests:rate1m)') // ['errors_total', 'job:requests:rate1m']
 */
export function metricNames(promql: string): string[] {
  const names = new Set<string>();
  parser.parse(promql).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.add(promql.slice(from, to));
    },
  });
  return [...names];
}

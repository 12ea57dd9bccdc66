import { describe, expect, it } from 'vitest';
import { metricNames } from '../../../core/analysis/metric-names.ts';

describe('the names of series in a query', () => {
  it.each([
    ['up', ['up']],
    [
      'sum(rate(errors_total{job="up"}[1m])) / on (job) group_left sum by (x) (job:requests:rate1m offset 5m) or vector(0)',
      ['errors_total', 'job:requests:rate1m'],
    ],
    ['max_over_time(sum(rate(x[1m]))[5m:]) + x', ['x']],
    ['{__name__=~"errors.*"} or label_replace(up, "a", "b", "c", "d")', ['up']],
    ['1 > bool 2', []],
    ['# up\n"up"', []],
    ['sum(', []],
  ])('%s', (query, names) => {
    expect(metricNames(query)).toEqual(names);
  });
});

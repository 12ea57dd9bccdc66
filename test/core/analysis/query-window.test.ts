import { describe, expect, it } from 'vitest';
import { queryWindowSeconds } from '../../../core/analysis/query-window.ts';

describe('how far a query looks back', () => {
  it.each([
    { query: 'up', seconds: 0 },
    { query: 'rate(errors_total[1m])', seconds: 60 },
    { query: 'rate(errors_total[1m30s])', seconds: 90 },
    { query: 'rate(errors_total[ 500ms ])', seconds: 0.5 },
    { query: 'sum(rate(a[5m])) / sum(rate(b[1m]))', seconds: 300 },
    { query: 'rate(errors_total[1m] offset 5m)', seconds: 360 },
    { query: 'rate(errors_total{path=~"[1h]+", name=\'offset 1d\'}[10s])', seconds: 10 },
    { query: 'rate(errors_total[1m]) # not [1d]', seconds: 60 },
    { query: 'max_over_time(rate(errors_total[5m])[10m:1m])', seconds: 900 },
    { query: 'max_over_time(sum by (pod) (rate(a{x="y"}[5m] offset 1m))[10m:] offset 2m)', seconds: 1_080 },
    { query: 'max_over_time(a[10m:1m]) / max_over_time(rate(b[2m])[9m:])', seconds: 660 },
    { query: 'rate(b[5m]) + a offset 4m', seconds: 300 },
    { query: 'rate(b[5m]) + a offset -10m', seconds: 300 },
    { query: 'rate(a[5m] @ end() offset 1m)', seconds: 360 },
    { query: 'rate(errors_total[300])', seconds: 300 },
    { query: 'rate(errors_total[1.5])', seconds: 1.5 },
    { query: 'rate(errors_total[1m + 30s])', seconds: 90 },
  ])('$query: $seconds s', ({ query, seconds }) => {
    expect(queryWindowSeconds(query)).toBe(seconds);
  });
});

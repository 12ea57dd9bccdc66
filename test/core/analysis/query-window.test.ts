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
  ])('$query: $seconds s', ({ query, seconds }) => {
    expect(queryWindowSeconds(query)).toBe(seconds);
  });
});

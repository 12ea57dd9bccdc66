import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { growthQuery, oldestScrapeQuery, shareViews } from '../../adapters/metrics/share-queries.ts';
import type { ShareNames } from '../../adapters/metrics/side-labels.ts';
import { throughputQuery } from '../../adapters/metrics/throughput-queries.ts';
import { checkQuery } from '../../core/analysis/check-query.ts';
import { fillQuery } from '../../core/analysis/query-template.ts';
import { fuzz } from './fuzz.ts';
import { hostileText } from './hostile.ts';

/** The names of the grammar's nodes, as they stand in each other. */
function shapeOf(promql: string): string {
  let shape = '';
  // As it is sent: a form is UTF-8.
  parser.parse(promql.toWellFormed()).iterate({
    enter: ({ name }) => {
      shape += `${name}(`;
    },
    leave: () => {
      shape += ')';
    },
  });
  return shape;
}

const templates = [
  'sum(rate(errors_total{app="{{canary}}",ns="{{namespace}}"}[{{interval}}])) / sum(rate(all_total{app="{{canary}}"}[{{interval}}]))',
  "sum(rate(errors_total{app='{{canary}}'}[1m])) > bool sum(rate(errors_total{app='{{ stable }}'}[1m]))",
  'histogram_quantile(0.99, sum by (le) (rate(x_bucket{app=~"{{canary}}|b",ns!="{{namespace}}"}[5m] offset 1m)))',
];
const plain = { canary: 'a', stable: 'b', canaryWorkload: 'd', stableWorkload: 'e', namespace: 'c', intervalSeconds: 10 };
/** A length costs the grammar, and teaches nothing about escaping. */
const value = hostileText.map((text) => text.slice(0, 200));

describe('queries', () => {
  fuzz(
    'PromQL: values in templates',
    4_200,
    fc.tuple(fc.constantFrom(...templates), value, value, value),
    ([template, canary, stable, namespace]) => {
      const filled = fillQuery(template, { ...plain, canary, stable, namespace });
      expect(shapeOf(filled)).toBe(shapeOf(fillQuery(template, plain)));
      return 'taken';
    },
  );

  const kinds = fc.constantFrom('istio', 'gatewayApi', 'linkerd', 'consul');
  const names = (kind: ShareNames['kind'], of: (part: string) => string): ShareNames => ({
    ...{ kind, namespace: of('n'), stableService: of('s'), canaryService: of('c'), stableDeployment: of('d'), canaryDeployment: of('e') },
    connections: false,
  });
  fuzz('PromQL: names in selectors', 2_800, fc.tuple(kinds, value), ([kind, text]) => {
    const hostile = shareViews(names(kind, () => text));
    const usual = shareViews(names(kind, (part) => part));
    for (const [index, view] of hostile.entries()) {
      const expected = usual[index] ?? view;
      expect(shapeOf(oldestScrapeQuery([view.stable, view.canary]))).toBe(shapeOf(oldestScrapeQuery([expected.stable, expected.canary])));
      expect(shapeOf(growthQuery(view.canary, 1_000))).toBe(shapeOf(growthQuery(expected.canary, 1_000)));
    }
    for (const throughputOf of ['service', 'canary'] as const) {
      const query = (of: ShareNames) => shapeOf(throughputQuery(of, { throughputOf, windowSeconds: 60 }));
      expect(query(names(kind, () => text))).toBe(query(names(kind, (part) => part)));
    }
    return 'taken';
  });

  const spoilt = fc
    .record({ template: fc.constantFrom(...templates), noise: value, from: fc.nat(120), cut: fc.nat(10) })
    .map(
      ({ template, noise, from, cut }) => fillQuery(template, plain).slice(0, from) + noise + fillQuery(template, plain).slice(from + cut),
    );
  fuzz('PromQL: checked', 2_800, spoilt, (promql) => {
    const checked = checkQuery(promql);
    if (checked.ok) return 'taken';
    expect(checked.position).toBeGreaterThanOrEqual(0);
    expect(checked.position).toBeLessThanOrEqual(promql.length);
    expect(checked.message).not.toBe('');
    return 'refused';
  });
});

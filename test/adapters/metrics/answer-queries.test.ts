import { describe, expect, it } from 'vitest';
import { answerQueries, answerViews, oldestAnswerQuery } from '../../../adapters/metrics/answer-queries.ts';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { names } from './share-names.ts';

const failed = { kind: 'failed' } as const;
const slow = (aboveMs: number) => ({ kind: 'slow', aboveMs }) as const;
const subsets = { host: 'checkout', stable: 'v1', canary: 'v2' };

describe('the series that count answers', () => {
  it.each([
    ['istio', names],
    ['gatewayApi', { ...names, kind: 'gatewayApi' }],
    ['istio subsets', { ...names, subsets }],
    ['linkerd', { ...names, kind: 'linkerd' }],
    ['consul', { ...names, kind: 'consul', subsets }],
  ] as const)('of %s are asked for in PromQL, of two sides that differ', (_, of) => {
    for (const bad of [failed, slow(200)]) {
      for (const view of answerViews(of, bad)) {
        expect(view.stable).not.toEqual(view.canary);
        const queries = [view.stable, view.canary].flatMap((side) => Object.values(answerQueries(side, 10_000)));
        for (const query of [...queries, oldestAnswerQuery(view)]) expect([query, checkQuery(query)]).toEqual([query, { ok: true }]);
      }
    }
  });

  it.each([
    ['istio', 200, '250 ms'],
    ['istio', 250, '250 ms'],
    ['istio', 0.2, '0.5 ms'],
    ['istio', 9_999_999, '3600000 ms'],
    ['linkerd', 150, '200 ms'],
    ['consul', 2_000, '2500 ms'],
  ] as const)('of %s: what takes longer than %d ms is what takes longer than %s', (kind, aboveMs, edge) => {
    expect(answerViews({ ...names, kind, subsets }, slow(aboveMs))[0]?.badMeans).toBe(`took longer than ${edge}`);
  });

  it('are of one reporter for both sides, the sender before whoever got it', () => {
    expect(answerViews(names, failed).map(({ name }) => name)).toEqual(['source', 'waypoint', 'destination']);
  });

  it('of a canary that gets copies are those of whoever got it', () => {
    const views = answerViews(names, failed, true);
    expect(views.map(({ canary }) => canary.all[0])).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('reporter="destination"')),
    );
    expect(views[0]?.stable.all[0]).toContain('reporter="source"');
  });

  it('are none where the routes are of connections', () => {
    expect(answerViews({ ...names, connections: true }, failed)).toEqual([]);
  });

  it('cannot be widened by what stands in a name', () => {
    const [view] = answerViews({ ...names, stableService: 'a"} or vector(1) or x{y="' }, failed);
    expect(view?.stable.all[0]).toContain(String.raw`destination_service_name="a\x22} or vector(1) or x{y=\x22"`);
  });
});

import { describe, expect, it } from 'vitest';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { newestSampleQuery } from '../../../core/analysis/newest-sample-query.ts';

const canary = 'shop-canary';

describe('the query for the newest sample of the canary', () => {
  it.each([
    {
      of: 'a rate, without its range',
      queries: ['sum(rate(errors_total{app="shop-canary"}[10s]))'],
      expected: 'max(timestamp(errors_total{app="shop-canary"}))',
    },
    {
      of: 'a ratio: each selector once, without its offset',
      queries: ['sum(e{a="shop-canary"} - e{a="shop-canary"} offset 2s) / sum(all{a="shop-canary"})'],
      expected: 'max(timestamp(e{a="shop-canary"}) or timestamp(all{a="shop-canary"}))',
    },
    {
      of: 'several metrics, all in one',
      queries: ['a{x="shop-canary"}', 'b{x=~"shop-canary-.*"}'],
      expected: 'max(timestamp(a{x="shop-canary"}) or timestamp(b{x=~"shop-canary-.*"}))',
    },
    {
      of: 'the canary only, where the baseline is compared',
      queries: ['rate(a{x="shop-canary"}[1m]) / rate(a{x="shop"}[1m])'],
      expected: 'max(timestamp(a{x="shop-canary"}))',
    },
    {
      of: 'a selector with its name among the labels',
      queries: ['rate({__name__="a", x="shop-canary"}[1m])'],
      expected: 'max(timestamp({__name__="a", x="shop-canary"}))',
    },
    {
      of: 'labels that hold braces and quotes',
      queries: [`a{path=~"/{id}\\"}", x='shop-canary'}`],
      expected: `max(timestamp(a{path=~"/{id}\\"}", x='shop-canary'}))`,
    },
  ])('is that of $of', ({ queries, expected }) => {
    expect(newestSampleQuery(queries, canary)).toBe(expected);
    expect(checkQuery(expected)).toEqual({ ok: true });
  });

  it.each([
    { of: 'no query', queries: [] },
    { of: 'queries that name no canary', queries: ['vector(1)', 'rate(errors_total{app="shop"}[1m])'] },
    { of: 'the canary in a string or a comment only', queries: ['label_replace(up, "a", "{shop-canary}", "b", "") # a{x="shop-canary"}'] },
  ])('does not exist for $of', ({ queries }) => {
    expect(newestSampleQuery(queries, canary)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { formatProblemLine } from '../../../core/spec/diagnostic.ts';
import { changed, problemsIn, specText, withAnalysis } from './spec-text.ts';

const withQuery = (query: string) =>
  withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n  metrics:\n    - name: errors\n      max: 1\n      query: ${query}\n`);
const withTags = (...tags: readonly string[]) => changed('shop/checkout\n', `shop/checkout\n  tags: ${JSON.stringify(tags)}\n`);

describe('a spec that means harm', () => {
  it.each([
    ['lists in lists', '- '.repeat(20_000)],
    ['keys in keys', '? '.repeat(20_000)],
  ])('is refused where it nests %s without end', (_, text) => {
    expect(problemsIn(text)[0]).toMatchObject({ code: 'syntax' });
  });

  it('is refused with at most 50 problems, the last of which says that there are more', () => {
    const problems = problemsIn(`${specText}${Array.from({ length: 5_000 }, (_, index) => `k${index}: 1`).join('\n')}\n`);
    expect(problems).toHaveLength(50);
    expect(problems.at(-1)?.hint).toContain('there are more problems');
    expect(problems.at(-2)?.hint ?? '').not.toContain('there are more problems');
  });

  it('is refused in few words, however long its keys are', () => {
    const [problem] = problemsIn(`${specText}${'k'.repeat(1_000)}: 1\n`);
    expect(problem?.code).toBe('unknownKey');
    expect(problem === undefined ? Number.NaN : formatProblemLine(problem).length).toBeLessThan(500);
  });

  it.each([
    ['on the same level', `${specText}name: other\n`, 21],
    ['deep inside', changed('    bake: 2m', '    bake: 2m\n    bake: 3m'), 16],
    ['written another way', `${specText}"name": other\n`, 21],
  ])('is refused for a key that stands there twice: %s', (_, text, line) => {
    expect(problemsIn(text)).toMatchObject([{ code: 'syntax', line, expected: 'each key once' }]);
  });

  it('is refused for a query that is longer than the grammar can read in time', () => {
    expect(problemsIn(withQuery(`sum(${'a + '.repeat(1_000)}b)`))).toMatchObject([
      { code: 'outOfRange', path: 'analysis.metrics[0].query', expected: 'at most 4000 characters' },
    ]);
    expect(problemsIn(withQuery('a'.repeat(4_000)))).toEqual([]);
  });

  it.each([
    ['image.repository', changed('shop/checkout\n', `shop/${'a'.repeat(600)}\n`)],
    ['router.routes[0].http', changed('virtualService: checkout', `virtualService: checkout\n      http: ${'a'.repeat(300)}`)],
    ['notifications.channel', `${specText}notifications:\n  channel: ${'a'.repeat(300)}\n`],
    [
      'analysis.prometheus.url',
      withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090/${'a'.repeat(3_000)}\n  metrics: [{ name: e, max: 1, query: up }]\n`),
    ],
  ])('is refused for a name that is longer than what it is kept under or sent to: %s', (path, text) => {
    expect(problemsIn(text)).toMatchObject([{ code: 'outOfRange', path }]);
  });

  it('is refused for a pattern of tags that would fail every push', () => {
    expect(problemsIn(withTags('v*', 'a'.repeat(70_000)))).toMatchObject([{ code: 'outOfRange', path: 'image.tags[1]' }]);
    expect(problemsIn(withTags(...Array.from({ length: 51 }, (_, index) => `v${index}`)))).toMatchObject([{ path: 'image.tags' }]);
    expect(problemsIn(withTags('v*', '+(a|b)'))).toEqual([]);
  });

  it.each([
    ['a metric', withQuery('up').replace('name: errors', 'name: __proto__'), 'analysis.metrics[0].name'],
    ['an alarm', withAnalysis('analysis:\n  alarms: [fine, __proto__]\n'), 'analysis.alarms[1]'],
    ['an alert', withAnalysis('analysis:\n  prometheus: {url: "http://p:9090"}\n  alerts: [__proto__]\n'), 'analysis.alerts[0]'],
    ['a rule', changed('virtualService: checkout', 'virtualService: checkout\n      http: __proto__'), 'router.routes[0].http'],
  ])('is refused for %s of which nothing could be remembered', (_, text, path) => {
    expect(problemsIn(text)).toMatchObject([{ code: 'rule', path, expected: 'another name' }]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { changed, problemsIn, specText, withAnalysis, withSteps } from './spec-text.ts';

const file = 'rollouts/checkout.yaml';

describe('a spec that holds', () => {
  it('is parsed with its defaults, durations in seconds', () => {
    const parsed = parseSpec(specText, file);
    expect(parsed).toMatchObject({
      ok: true,
      spec: {
        name: 'checkout',
        router: { totalWeight: 100 },
        steps: [
          { weight: 10, bakeSeconds: 120 },
          { weight: 100, bakeSeconds: 300 },
        ],
        analysis: { intervalSeconds: 10, metrics: [] },
        deadlines: { rolloutSeconds: 86_400 },
      },
    });
  });

  it('comes with its source as it was written', () => {
    const parsed = parseSpec(specText, file);
    expect(parsed.ok && parsed.source['steps']).toEqual([
      { weight: 10, bake: '2m' },
      { weight: 100, bake: '5m' },
    ]);
    expect(parsed.ok && parsed.source).not.toHaveProperty('policies');
  });

  it('may use Windows line ends, comments and anchors', () => {
    const text = changed('bake: 2m', 'bake: &short 2m # short').replace('bake: 5m', 'bake: *short').replaceAll('\n', '\r\n');
    expect(parseSpec(text, file)).toMatchObject({ ok: true, spec: { steps: [{ bakeSeconds: 120 }, { bakeSeconds: 120 }] } });
  });
});

describe('P4: a spec that does not hold says where, what was found, what was expected and how to mend it', () => {
  const cases: [what: string, text: string, problem: Record<string, unknown>][] = [
    [
      'a value of a wrong form',
      changed('bake: 2m', 'bake: 2mm'),
      {
        code: 'wrongFormat',
        line: 15,
        column: 11,
        path: 'steps[0].bake',
        found: '"2mm"',
        expected: 'a duration such as 90s, 5m, 1h30m or 2d',
        hint: 'did you mean `2m`?',
      },
    ],
    [
      'a duration without its unit',
      changed('bake: 2m', 'bake: 90'),
      { code: 'wrongType', found: '90', hint: 'did you mean `90s` or `90m`?' },
    ],
    [
      'a duration in words',
      changed('bake: 2m', 'bake: 2 minutes'),
      { code: 'wrongFormat', found: '"2 minutes"', hint: 'did you mean `2m`?' },
    ],
    [
      'a duration that is too long',
      changed('bake: 2m', 'bake: 31d'),
      { path: 'steps[0].bake', found: '"31d"', expected: 'a duration of at most 30d' },
    ],
    [
      'a mistyped key, once, though the right one is missing too',
      changed('weight: 10\n', 'wieght: 10\n'),
      {
        code: 'unknownKey',
        line: 14,
        column: 5,
        path: 'steps[0].wieght',
        found: 'the unknown key "wieght"',
        expected: 'one of weight, mirror, bake or pause',
        hint: 'did you mean `weight`?',
      },
    ],
    [
      'a mistyped word',
      changed('kind: istio', 'kind: istoi'),
      {
        code: 'wrongValue',
        line: 10,
        column: 9,
        path: 'router.kind',
        found: '"istoi"',
        expected: 'one of istio, gatewayApi, linkerd or consul',
        hint: 'did you mean `istio`?',
      },
    ],
    [
      'a missing key, at its parent',
      changed('  deployment: checkout\n', ''),
      {
        code: 'missing',
        line: 4,
        column: 1,
        path: 'workload.deployment',
        found: 'nothing',
        expected: 'lower-case letters, digits and hyphens',
        hint: "Stable's Deployment; the canary is its clone, <name>-canary",
      },
    ],
    ['a key left empty, at the key', changed('container: app', 'container:'), { code: 'missing', line: 6, column: 3, found: 'nothing' }],
    [
      'a number in quotes',
      changed('weight: 10\n', 'weight: "10 %"\n'),
      { code: 'wrongType', found: '"10 %"', expected: 'a number', hint: 'write 10, without quotes and without a unit' },
    ],
    ['a fraction', changed('weight: 10\n', 'weight: 0.5\n'), { code: 'wrongType', found: '0.5', expected: 'an integer' }],
    [
      'a weight of nothing',
      changed('weight: 10\n', 'weight: 0\n'),
      { code: 'rule', found: '0', expected: 'a weight above 0, or a mirror' },
    ],
    [
      'a step without a weight',
      changed('  - weight: 10\n    bake: 2m', '  - bake: 2m'),
      { path: 'steps[0].weight', found: 'nothing', expected: 'a weight above 0, or a mirror' },
    ],
    [
      'a mirror beside a weight',
      changed('weight: 10\n', 'weight: 10\n    mirror: 5\n'),
      { code: 'rule', line: 15, path: 'steps[0].mirror', found: '5', expected: expect.stringContaining('no mirror beside a weight') },
    ],
    [
      'a text that looks like a number',
      changed('namespace: shop', 'namespace: 12'),
      { code: 'wrongType', path: 'namespace', found: '12', hint: 'put it in quotes' },
    ],
    [
      'a name that is too long',
      changed('namespace: shop', `namespace: ${'a'.repeat(70)}`),
      { code: 'outOfRange', expected: 'at most 56 characters', found: `"${'a'.repeat(59)}…"` },
    ],
    [
      'a list where a mapping belongs',
      changed('workload:\n  deployment: checkout\n  container: app', 'workload: [a]'),
      { code: 'wrongType', line: 4, column: 1, found: 'a list', expected: 'a mapping with deployment, container, service' },
    ],
    ['no steps', withSteps('steps: []\n'), { path: 'steps', found: 'an empty list', expected: 'at least 1 entry' }],
    [
      'steps of another kind',
      withSteps('steps: 5\n'),
      {
        code: 'wrongType',
        found: '5',
        expected: 'a list of steps (weight, bake), or linear (by, every), or exponential (from, factor, every)',
      },
    ],
    [
      'steps that are none of the three',
      withSteps('steps: {}\n'),
      { code: 'wrongType', path: 'steps', found: 'a mapping', expected: expect.stringContaining('a list of steps') },
    ],
    [
      'a mistyped shorthand for steps',
      withSteps('steps:\n  exponentail:\n    from: 10\n    every: 5m\n'),
      { code: 'unknownKey', path: 'steps.exponentail', expected: 'one of linear or exponential', hint: 'did you mean `exponential`?' },
    ],
    [
      'a mistake inside the shorthand that was meant',
      withSteps('steps:\n  linear:\n    by: 10\n    evry: 5m\n'),
      { code: 'unknownKey', line: 16, column: 5, path: 'steps.linear.evry', hint: 'did you mean `every`?' },
    ],
    [
      'an analysis that judges nothing',
      withAnalysis('analysis: {}\n'),
      { code: 'rule', line: 18, path: 'analysis.metrics', expected: expect.stringContaining('at least one metric, alarm or alert') },
    ],
    [
      'a mistyped threshold, once',
      withAnalysis('analysis:\n  prometheus:\n    url: http://p:9090\n  metrics:\n    - name: errors\n      query: up\n      mx: 1\n'),
      { code: 'unknownKey', line: 24, path: 'analysis.metrics[0].mx', hint: 'did you mean `max`?' },
    ],
    [
      'a mistake behind an anchor, where it was written',
      changed('bake: 5m', 'bake: 5m\n    pause: *long', changed('bake: 2m', 'bake: 2m\n    pause: &long\n      for: 1y')),
      { code: 'wrongFormat', line: 17, column: 12, path: 'steps[0].pause.for', found: '"1y"' },
    ],
  ];

  it.each(cases)('%s', (_, text, problem) => {
    expect(problemsIn(text)[0]).toMatchObject({ file, ...problem });
  });

  it('names each mistake once', () => {
    const single = cases.filter(([what]) => !what.includes('anchor'));
    expect(single.map(([what, text]) => [what, problemsIn(text).length])).toEqual(single.map(([what]) => [what, 1]));
  });

  it('tells all mistakes at once, in the order of the file', () => {
    const text = changed('bake: 5m', 'bake: soon', changed('kind: istio', 'kind: linkrd', changed('cluster:', 'clutser:')));
    expect(problemsIn(text).map(({ line, path }) => [line, path])).toEqual([
      [2, 'clutser'],
      [10, 'router.kind'],
      [17, 'steps[1].bake'],
    ]);
  });
});

describe('text that is not one plain YAML document', () => {
  it.each([
    ['a key twice', changed('cluster: shop-production', 'name: other'), { line: 2, column: 1, expected: 'each key once' }],
    ['a second document', `${specText}---\nname: other\n`, { line: 21, expected: 'one rollout in a file' }],
    ['a tab', changed('  kind: istio', '\tkind: istio'), { line: 10, column: 1, found: 'a tab' }],
    ['an open bracket', changed('name: checkout', 'name: [checkout'), { code: 'syntax' }],
    ['a tag', changed('name: checkout', 'name: !!binary aGk='), { line: 1, code: 'syntax' }],
    ['a key that is a list', `${specText}? [a]\n: 1\n`, { line: 21, code: 'syntax' }],
    ['an alias without an anchor', changed('name: checkout', 'name: *nobody'), { code: 'syntax' }],
    ['brackets without end', '['.repeat(50_000), { code: 'syntax' }],
    ['more than 256 KB', `${specText}#${'x'.repeat(256 * 1024)}`, { code: 'tooLarge', expected: 'a spec of at most 256 KB' }],
    ['nothing', '', { code: 'missing', line: 1, column: 1, found: 'nothing' }],
    ['a sentence', 'hello', { code: 'wrongType', found: '"hello"' }],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsIn(text)[0]).toMatchObject(problem);
  });

  it('refuses aliases that would expand to gigabytes, without expanding them', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(10)}]`);
    expect(problemsIn(`a0: &a0 [x]\n${levels.join('\n')}\n`)[0]).toMatchObject({ code: 'syntax' });
  });

  it.each(['__proto__', 'constructor', '"<<"', '<<'])('takes %s for an unknown key like any other', (key) => {
    const text = `%YAML 1.1\n---\n${specText}${key}: { promotion: git }\n`;
    expect(problemsIn(text)).toMatchObject([{ code: 'unknownKey', line: 23, column: 1 }]);
    expect(Object.prototype).not.toHaveProperty('promotion');
  });

  it('never throws, whatever the file contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat({ max: specText.length }), (noise, at) => {
        const parsed = parseSpec(specText.slice(0, at) + noise + specText.slice(at), file);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

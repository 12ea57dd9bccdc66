import { describe, expect, it } from 'vitest';
import { changed, problemsIn, specText, withAnalysis, withSteps } from './spec-text.ts';

function withQuery(query: string): string {
  return withAnalysis(
    `analysis:\n  prometheus:\n    url: http://prometheus:9090\n  metrics:\n    - name: errors\n      query: ${query}\n      max: 1\n`,
  );
}

describe('what no schema can say', () => {
  it.each([
    ['rollouts/checkout.yml', 0],
    ['C:\\rollouts\\checkout.yaml', 0],
    ['stdin', 0],
    ['rollouts/chekout.yaml', 1],
  ])('a rollout is named as its file: %s', (file, count) => {
    const problems = problemsIn(specText, file);
    expect(problems).toHaveLength(count);
    if (count > 0) expect(problems[0]).toMatchObject({ code: 'fileName', line: 1, column: 7, path: 'name' });
  });

  it('weights rise', () => {
    const text = withSteps('steps:\n  - { weight: 20, bake: 1m }\n  - { weight: 20, bake: 1m }\n  - { weight: 100, bake: 1m }\n');
    expect(problemsIn(text)).toMatchObject([
      { code: 'weightOrder', line: 15, column: 15, path: 'steps[1].weight', found: '20', expected: 'more than 20, the step before' },
    ]);
  });

  it.each([
    ['one', 'steps:\n  - { mirror: 10, bake: 1m }\n  - { weight: 100, bake: 1m }\n'],
    [
      'several, of which none need rise',
      'steps:\n  - { mirror: 50, bake: 1m }\n  - { mirror: 10, bake: 1m }\n  - { weight: 100, bake: 1m }\n',
    ],
    ['with a weight of 0 written out', 'steps:\n  - { weight: 0, mirror: 100, bake: 1m }\n  - { weight: 100, bake: 1m }\n'],
  ])('mirrors may come first: %s', (_, steps) => {
    expect(problemsIn(withSteps(steps))).toEqual([]);
  });

  it.each([
    [
      'behind a weight',
      '  - { weight: 10, bake: 1m }\n  - { mirror: 20, bake: 1m }\n  - { weight: 100, bake: 1m }\n',
      { code: 'weightOrder', path: 'steps[1].mirror', found: 'a mirror after weight 10', expected: 'mirrors before the first weight' },
    ],
    [
      'behind a weight and a mirror',
      '  - { weight: 10, bake: 1m }\n  - { weight: 20, bake: 1m }\n  - { mirror: 20, bake: 1m }\n  - { weight: 100, bake: 1m }\n',
      { code: 'weightOrder', path: 'steps[2].mirror', found: 'a mirror after weight 20' },
    ],
    [
      'without a weight later',
      '  - { mirror: 20, bake: 1m }\n',
      { code: 'fullWeight', path: 'steps[0].mirror', found: 'a mirror as the last step', expected: '100, the total' },
    ],
    [
      'above the total',
      '  - { mirror: 101, bake: 1m }\n  - { weight: 100, bake: 1m }\n',
      { code: 'weightAboveTotal', path: 'steps[0].mirror', found: '101' },
    ],
  ])('a mirror is refused %s', (_, steps, problem) => {
    expect(problemsIn(withSteps(`steps:\n${steps}`))).toMatchObject([problem]);
  });

  it('J6: the last step is at full weight', () => {
    expect(problemsIn(changed('weight: 100', 'weight: 50'))).toMatchObject([
      { code: 'fullWeight', line: 16, path: 'steps[1].weight', expected: '100, the total', hint: expect.stringContaining('weight 100') },
    ]);
  });

  it.each([
    ['a step', changed('weight: 100', 'weight: 101'), 'steps[1].weight'],
    ['linear steps', withSteps('steps: { linear: { by: 101, every: 1m } }\n'), 'steps.linear.by'],
    ['exponential steps', withSteps('steps: { exponential: { from: 101, every: 1m } }\n'), 'steps.exponential.from'],
  ])('no weight exceeds the total: %s', (_, text, path) => {
    expect(problemsIn(text)).toMatchObject([{ code: 'weightAboveTotal', path, found: '101', expected: 'at most 100, the total' }]);
  });

  it.each([
    ['a step', changed('bake: 2m', 'bake: 9s'), 'steps[0].bake'],
    ['linear steps', withSteps('steps: { linear: { by: 50, every: 9s } }\n'), 'steps.linear.every'],
    ['exponential steps', withSteps('steps: { exponential: { every: 9s } }\n'), 'steps.exponential.every'],
  ])('a bake is long enough to measure in: %s', (_, text, path) => {
    expect(problemsIn(text)).toMatchObject([{ code: 'bakeTooShort', path, found: '9s', expected: 'at least 10s, the interval' }]);
  });

  it('W1: bakes and pauses fit into the deadline', () => {
    const paused = changed('bake: 2m', 'bake: 2m\n    pause: { for: 1h }');
    expect(problemsIn(`${paused}deadlines:\n  rollout: 67m\n`)).toEqual([]);
    expect(problemsIn(`${paused}deadlines:\n  rollout: 66m\n`)).toMatchObject([
      { code: 'deadlineTooShort', line: 23, path: 'deadlines.rollout', found: '1h6m', expected: expect.stringContaining('at least 1h7m') },
    ]);
  });

  it.each([
    ['errors', 'an alarm'],
    ['Slow', 'an alert'],
    ['canary', "the canary's pods"],
  ])('no metric is called as something else that is judged: %s', (name, owner) => {
    const analysis = `analysis:\n  prometheus:\n    url: http://p:9090\n  alarms: [errors]\n  alerts: [Slow]\n  metrics: [successRate, { name: ${name}, query: up, min: 1 }]\n`;
    expect(problemsIn(withAnalysis(analysis))).toMatchObject([
      { path: 'analysis.metrics[1].name', found: `"${name}"`, expected: `another name than that of ${owner}` },
    ]);
  });

  it('W1: bakes that may be in doubt are reckoned with twice, and that is said', () => {
    const compared = withAnalysis(
      'analysis:\n  prometheus:\n    url: http://p:9090\n  metrics: [successRate]\ndeadlines: { rollout: 10m }\n',
    );
    expect(problemsIn(compared)).toMatchObject([
      { path: 'deadlines.rollout', found: '10m', expected: 'at least 14m, all bakes twice (each may be in doubt) and pauses together' },
    ]);
  });

  it('W1: a pause leaves somebody the time to answer', () => {
    const paused = (onDeadline: string) =>
      withSteps(`steps:\n  - { weight: 10, bake: 2m, pause: { for: 0s, onDeadline: ${onDeadline} } }\n  - { weight: 100, bake: 5m }\n`);
    expect(problemsIn(paused('abort'))).toMatchObject([
      { path: 'steps[0].pause.for', expected: 'a time above 0', hint: expect.stringContaining('rolled back') },
    ]);
    expect(problemsIn(paused('advance'))).toMatchObject([{ path: 'steps[0].pause.for', hint: 'leave out the pause' }]);
  });

  it('the default deadline binds too, and is shown at the end of what is written', () => {
    expect(problemsIn(changed('bake: 5m', 'bake: 2d'))).toMatchObject([{ code: 'deadlineTooShort', found: '1d' }]);
  });

  it('the execution history does not overflow; the hint names intervals that fit', () => {
    const long = `${changed('bake: 2m', 'bake: 1h', changed('bake: 5m', 'bake: 3d', changed('analysis:\n', 'analysis:\n  interval: 45s\n')))}deadlines:\n  rollout: 4d\n`;
    const [problem] = problemsIn(long);
    expect(problem).toMatchObject({ code: 'historyTooLong', line: 19, path: 'analysis.interval' });
    expect(problem?.hint).toMatch(/^set an interval of at least \S+, or of at most 30s/);
    const [, atLeast = ''] = /at least (\S+),/.exec(problem?.hint ?? '') ?? [];
    expect(problemsIn(long.replace('45s', atLeast))).toEqual([]);
    expect(problemsIn(long.replace('45s', '30s'))).toEqual([]);
  });

  it('no interval is proposed in which a bake would end unmeasured', () => {
    const long = `${changed('bake: 5m', 'bake: 3d', changed('analysis:\n', 'analysis:\n  interval: 45s\n'))}deadlines:\n  rollout: 4d\n`;
    expect(problemsIn(long)).toMatchObject([
      { code: 'historyTooLong', hint: 'set an interval of at most 30s, which is watched inside one Lambda' },
    ]);
  });

  it('so many steps that no interval would fit are refused as such', () => {
    const text = changed('  kind: istio', '  kind: istio\n  totalWeight: 1000', withSteps('steps: { linear: { by: 1, every: 10s } }\n'));
    expect(problemsIn(text)).toMatchObject([
      { code: 'historyTooLong', path: 'steps', line: 14, column: 1, hint: 'plan fewer steps, or shorter bakes and pauses' },
    ]);
  });
});

describe('J7: queries', () => {
  it.each([
    'sum(rate(errors_total{service="{{canary}}", namespace="{{namespace}}"}[{{interval}}]))',
    '|\n        a{s="{{canary}}"}\n        / b{s="{{stable}}"}',
  ])('that can be answered are taken: %j', (query) => {
    expect(problemsIn(withQuery(query))).toEqual([]);
  });

  it('name only known placeholders', () => {
    expect(problemsIn(withQuery('up{s="{{stable}}", t="{{canry}}"}'))).toMatchObject([
      {
        code: 'placeholder',
        line: 23,
        column: 36,
        path: 'analysis.metrics[0].query',
        found: '"{{canry}}"',
        expected: 'one of {{canary}}, {{stable}}, {{canaryWorkload}}, {{stableWorkload}}, {{namespace}} or {{interval}}',
        hint: 'did you mean `canary`?',
      },
    ]);
  });

  it.each([
    ['on one line', 'sum(a{s="{{canary}}"}) + rte(b[1m])', 23, 39, '"rte(b[1m])"'],
    ['in quotes', `'sum(a{s="{{canary}}"}) + rte(b[1m])'`, 23, 40, '"rte(b[1m])"'],
    ['as a block', '|\n        sum(a{s="{{canary}}"}[{{interval}}])\n          + rte(b[1m])', 25, 13, '"rte(b[1m])"'],
    ['folded, at its beginning', '>\n        sum(a)\n        + rte(b[1m])', 23, 14, '"rte(b[1m])"'],
    ['without its end', 'sum(rate(a[1m])', 23, 29, 'the end of the query'],
  ])('are PromQL, and a mistake is shown where it stands: %s', (_, query, line, column, found) => {
    const [problem, ...others] = problemsIn(withQuery(query));
    expect(problem).toMatchObject({ code: 'promql', line, column, path: 'analysis.metrics[0].query', found });
    expect(problem?.hint).toBeTruthy();
    expect(others).toEqual([]);
  });
});

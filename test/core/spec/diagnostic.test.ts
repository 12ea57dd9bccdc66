import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  describeFound,
  formatPath,
  formatProblem,
  formatProblemLine,
  listWords,
  quote,
  type SpecProblem,
} from '../../../core/spec/diagnostic.ts';

const problem: SpecProblem = {
  code: 'wrongFormat',
  file: 'rollouts/checkout.yaml',
  line: 12,
  column: 11,
  excerpt: '    bake: 2mm',
  path: 'steps[1].bake',
  found: '"2mm"',
  expected: 'a duration such as 90s, 5m, 1h30m or 2d',
  hint: 'did you mean `2m`?',
};

describe('a problem as text', () => {
  it('shows the place, the line with a caret, and the hint', () => {
    expect(formatProblem(problem, { colour: false }).split('\n')).toEqual([
      'rollouts/checkout.yaml:12:11 steps[1].bake: found "2mm", expected a duration such as 90s, 5m, 1h30m or 2d',
      '  12 |     bake: 2mm',
      '     |           ^',
      '  did you mean `2m`?',
    ]);
  });

  it('fits on one line for the message of an error', () => {
    expect(formatProblemLine(problem)).toBe(
      'rollouts/checkout.yaml:12:11 steps[1].bake: found "2mm", expected a duration such as 90s, 5m, 1h30m or 2d (did you mean `2m`?)',
    );
  });

  it('has no excerpt where there is no text', () => {
    const input: SpecProblem = { code: 'missing', file: 'start input', path: 'image', found: 'nothing', expected: 'a tag' };
    expect(formatProblem(input, { colour: false })).toBe('start input image: found nothing, expected a tag');
  });

  it('says the same in colour', () => {
    const coloured = formatProblem(problem, { colour: true });
    expect(coloured).toContain('\u001b[31m"2mm"\u001b[0m');
    expect(stripVTControlCharacters(coloured)).toBe(formatProblem(problem, { colour: false }));
  });

  it('shows the part of a long line that the caret points at', () => {
    const [, excerpt = '', caret = ''] = formatProblem(
      { ...problem, column: 301, excerpt: `${'x'.repeat(300)}HERE${'y'.repeat(300)}` },
      { colour: false },
    ).split('\n');
    expect(excerpt.length).toBeLessThan(130);
    expect(excerpt.slice(caret.indexOf('^'))).toMatch(/^HERE/);
  });

  it("cannot drive the reader's terminal", () => {
    const text = formatProblem({ ...problem, excerpt: 'bake: \u001b[2J\u202e2mm\r' }, { colour: false });
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });
});

describe('the parts of a problem', () => {
  it.each([
    [[], ''],
    [['steps', 1, 'bake'], 'steps[1].bake'],
    [[0, 'weight'], '[0].weight'],
    [['a', 'b c'], 'a["b c"]'],
  ])('writes the path %j as %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });

  it.each([
    [undefined, 'nothing'],
    [null, 'nothing'],
    ['', 'an empty text'],
    ['2mm', '"2mm"'],
    [0.5, '0.5'],
    [true, 'true'],
    [[], 'an empty list'],
    [[1], 'a list'],
    [{}, 'a mapping'],
  ])('shows the value %j as %s', (value, text) => {
    expect(describeFound(value)).toBe(text);
  });

  it('shortens what it quotes', () => {
    expect(quote('x'.repeat(1_000))).toBe(`"${'x'.repeat(59)}…"`);
  });

  it.each([
    [[], 'nothing'],
    [['a'], 'a'],
    [['a', 'b', 'c'], 'a, b or c'],
  ])('lists %j as %s', (words, text) => {
    expect(listWords(words)).toBe(text);
  });
});

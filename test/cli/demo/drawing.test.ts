import { describe, expect, it } from 'vitest';
import { bar, chart } from '../../../cli/demo/bars.ts';
import { formatTime } from '../../../cli/demo/format-time.ts';
import { paint, wantsColour } from '../../../cli/demo/paint.ts';

describe('a bar', () => {
  it.each([
    [0, '▁▁▁▁'],
    [0.5, '▇▇▁▁'],
    [1, '▇▇▇▇'],
    [7, '▇▇▇▇'],
    [-1, '▁▁▁▁'],
  ])('of %s', (share, drawn) => {
    expect(bar(share, 4).join('')).toBe(drawn);
  });
});

describe('a chart', () => {
  it('tells nothing from not measured', () => {
    expect(chart([0, 0.5, 1, null])).toEqual(['    ██  ', '▁▁████  ']);
  });
});

describe('a line', () => {
  it.each([
    [['abc', ['def', 'red']], 6, false, 'abcdef'],
    [['abc', ['def', 'red']], 5, false, 'abcd…'],
    [['abc', ['def', 'red']], 5, true, 'abc\u001b[31md\u001b[39m…'],
  ] as const)('%j within %s cells, coloured %s', (pieces, width, colour, line) => {
    expect(paint(pieces, width, colour)).toBe(line);
  });
});

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j, on a terminal %s: %s', (env, isTerminal, wanted) => {
    expect(wantsColour(env, isTerminal)).toBe(wanted);
  });
});

describe('a time', () => {
  it.each([
    [0, '0:00'],
    [83_400, '1:23'],
    [-5, '0:00'],
  ])('%s ms is %s', (ms, text) => {
    expect(formatTime(ms)).toBe(text);
  });
});

import { describe, expect, it } from 'vitest';
import { readJudgeOptions } from './options.ts';

describe('the options of bench:judge', () => {
  it('are the whole grid by default', () => {
    expect(readJudgeOptions([])).toMatchObject({
      runs: 1000,
      rps: [1, 10, 100, 1000, 10_000],
      noise: { length: 7 },
      parts: { length: 4 },
      docs: false,
      help: false,
    });
  });

  it.each([
    [['--runs', 'many'], '--runs many: a number from 1 on.'],
    [['--noise', 'loud'], 'There is no noise loud; there are iid, drift'],
    [['--parts', 'shares,all'], 'There is no part all; there are shares, doubt, fullWeight'],
    [['--what'], "Unknown option '--what'"],
  ])('say what is wrong with %j', (args, wrong) => {
    expect(readJudgeOptions(args)).toEqual({ wrong: expect.stringContaining(wrong) });
  });
});

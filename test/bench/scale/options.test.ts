import { describe, expect, it } from 'vitest';
import { parts, readScaleOptions } from './options.ts';

describe('readScaleOptions', () => {
  it('measures everything where nothing is said', () => {
    expect(readScaleOptions([])).toEqual({
      only: [...parts],
      real: 100,
      days: 30,
      region: 'large',
      lambdas: 1000,
      seed: 1,
      jsonFile: undefined,
      help: false,
    });
  });

  it('takes what is said', () => {
    const args = [
      '--only',
      'sweep',
      '--only',
      'days',
      '--real',
      '1000',
      '--region',
      'small',
      '--lambdas',
      '12000',
      '--seed',
      '7',
      '--json',
      'scale.json',
    ];
    expect(readScaleOptions(args)).toMatchObject({
      only: ['sweep', 'days'],
      real: 1000,
      region: 'small',
      lambdas: 12_000,
      seed: 7,
      jsonFile: 'scale.json',
    });
  });

  it.each([
    [['--only', 'everything'], 'There is no part everything'],
    [['--real', '0'], '--real takes a number from 1 to 9999, not 0.'],
    [['--days', 'many'], '--days takes a number from 1 to 999, not many.'],
    [['--region', 'mars'], '--region takes large or small, not mars.'],
    [['--lambdas', '99'], '--lambdas takes a number from 100 to 999999, not 99.'],
    [['--seed', '-1'], ''],
    [['--fast'], "Unknown option '--fast'"],
  ])('says what is wrong with %j', (args, said) => {
    expect(readScaleOptions(args)).toEqual({ wrong: expect.stringContaining(said) });
  });
});

import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

const names = ['abort-latency', 'bundles'];

describe('the options of the bench', () => {
  it('measure everything thirty times where nothing is asked for', () => {
    expect(readOptions([], names)).toEqual({ only: [], jsonFile: undefined, samples: 30, help: false });
  });

  it('take several figures and a file', () => {
    const args = ['--only', 'bundles', '--only', 'abort-latency', '--json', 'out.json', '--samples', '5'];
    expect(readOptions(args, names)).toEqual({ only: ['bundles', 'abort-latency'], jsonFile: 'out.json', samples: 5, help: false });
  });

  it.each([
    [['--only', 'speed'], 'There is no figure speed; there are: abort-latency, bundles.'],
    [['--samples', '0'], '--samples takes a number from 1 to 9999, not 0.'],
    [['--fast'], "Unknown option '--fast'"],
  ])('say what is wrong with %j', (args, wrong) => {
    expect(readOptions(args, names)).toEqual({ wrong: expect.stringContaining(wrong) });
  });
});

import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../cli/demo/options.ts';

const names = ['demo-healthy', 'demo-alarm', 'slow-start'];
const read = (...args: string[]) => readOptions(args, names, ['demo-healthy', 'demo-alarm']);

describe('the arguments of the demo', () => {
  it('play the usual scenarios in real time where nothing is said', () => {
    const options = { list: false, scenarios: ['demo-healthy', 'demo-alarm'], speed: 1, plain: false };
    expect(read()).toEqual({ outcome: 'run', options });
  });

  it('name scenarios in the order in which they are played', () => {
    const options = { list: false, scenarios: ['slow-start', 'demo-alarm'], speed: 5, plain: true, json: 'a.json' };
    const args = ['--scenario', 'slow-start', '--scenario', 'demo-alarm', '--speed', '5', '--plain', '--json', 'a.json'];
    expect(read(...args)).toEqual({ outcome: 'run', options });
  });

  it.each([
    [['--scenario', 'demo-alram'], 'did you mean `demo-alarm`?'],
    [['--scenario', 'nothing-like-it'], 'see --list'],
    [['--speed', 'fast'], 'A number from 0.1 to 100 is expected'],
    [['--speed', '0'], 'A number from 0.1 to 100 is expected'],
    [['--speeed', '2'], '--speed'],
    [['--json'], 'argument missing'],
    [['demo-alarm'], 'too many arguments'],
  ])('%j is refused: %s', (args, why) => {
    expect(read(...args)).toEqual({ outcome: 'misused', text: expect.stringContaining(why) });
  });

  it('show what there is', () => {
    expect(read('--help')).toEqual({ outcome: 'help', text: expect.stringContaining('--scenario <name>') });
  });
});

import { expect, it } from 'vitest';
import { tally } from './tally.ts';

it('names each scenario, with the reason of each skip, and counts them', () => {
  const text = tally(
    [
      { name: 'healthy', outcome: 'passed', seconds: 43.6 },
      { name: 'stop-in-Bake', outcome: 'failed', seconds: 131 },
      { name: 'store-down', outcome: 'skipped', why: 'its store is its own', seconds: 0 },
    ],
    ['LocalStack (python) was there after 2 s'],
  );
  expect(text.split('\n')).toEqual([
    'Scenarios on LocalStack',
    '  LocalStack (python) was there after 2 s',
    '  passed  healthy       44 s',
    '  failed  stop-in-Bake  131 s',
    '  skipped store-down    its store is its own',
    '  1 passed, 1 failed, 1 skipped',
  ]);
});

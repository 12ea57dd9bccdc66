import { describe, expect, it } from 'vitest';
import { drainWaitSeconds, settleSeconds } from '../../../core/traffic/settle-seconds.ts';

describe('T8: the wait between the last weight and the removal of pods', () => {
  it.each([
    [10, 10],
    [settleSeconds, settleSeconds],
    [1, settleSeconds],
    [0, settleSeconds],
  ])('is %i s drain in the spec, %i s waited: never less than the mesh needs to take note', (drainSeconds, waited) => {
    expect(drainWaitSeconds({ drainSeconds })).toBe(waited);
  });
});

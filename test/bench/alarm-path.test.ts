import { describe, expect, it } from 'vitest';
import { type AlarmPath, countsOf, readingsOf, sharesOf, turnsOf } from './alarm-path.ts';

const path: AlarmPath = {
  cold: { floorMs: [400, 500, 450], putMs: [20, 30, 25], doorMs: [150, 200, 170], writtenMs: [900, 1200, 1000] },
  warm: { floorMs: [50, 60], putMs: [10, 12], doorMs: [60, 70], writtenMs: [200, 240] },
  patchMs: [4, 5, 6],
  sandbox: { cold: [66], warm: [58, 60] },
};

describe('the path of an alarm', () => {
  it.each([
    [30, { cold: 3, warm: 10 }],
    [1, { cold: 1, warm: 1 }],
    [100, { cold: 10, warm: 34 }],
  ])('is measured, of %i samples asked for, so often: %j', (samples, counts) => {
    expect(countsOf(samples)).toEqual(counts);
  });

  it.each([
    [{ cold: 2, warm: 3 }, 'cold warm warm cold warm'],
    [{ cold: 1, warm: 1 }, 'cold warm'],
    [{ cold: 3, warm: 4 }, 'cold warm warm cold warm cold warm'],
  ])('is measured in turns, %j: %s', (counts, turns) => {
    expect(turnsOf(counts).join(' ')).toBe(turns);
  });

  it('is told for LocalStack next to the sandbox, cold and warm, with the floor of each', () => {
    expect(readingsOf(path)).toMatchObject([
      { what: expect.stringMatching(/^LocalStack, cold/), samples: [900, 1200, 1000], floor: [400, 500, 450] },
      { what: expect.stringMatching(/^LocalStack, warm/), samples: [200, 240], floor: [50, 60] },
      { what: expect.stringMatching(/^sandbox, cold/), samples: [66] },
      { what: expect.stringMatching(/^sandbox, warm/), samples: [58, 60] },
      { what: expect.stringMatching(/^floor, cold/), samples: [400, 500, 450] },
      { what: expect.stringMatching(/^floor, warm/), samples: [50, 60] },
      { what: expect.stringMatching(/^cold: DoorMs/), samples: [150, 200, 170] },
      { what: expect.stringMatching(/^warm: DoorMs/), samples: [60, 70] },
      { what: expect.stringMatching(/^PutEvents itself/), samples: [20, 30, 25, 10, 12] },
      { what: expect.stringMatching(/^one PATCH/), samples: [4, 5, 6] },
    ]);
  });

  it('has no target, since an emulator says nothing about AWS', () => {
    expect(readingsOf(path).filter(({ target }) => target !== undefined)).toEqual([]);
  });

  it("is divided, by the medians, into what is LocalStack's alone and what the door takes on it", () => {
    expect(sharesOf(path)).toEqual([
      'cold: of 1000 ms, 450 ms (45 %) pass until LocalStack calls a function, and 550 ms are the door and the DynamoDB that LocalStack gives it; ' +
        'one PATCH is 5 ms. DoorMs is 170 ms.',
      'warm: of 200 ms, 50 ms (25 %) pass until LocalStack calls a function, and 150 ms are the door and the DynamoDB that LocalStack gives it; ' +
        'one PATCH is 5 ms. DoorMs is 60 ms.',
    ]);
  });

  it('does without what the log did not say', () => {
    const silent = { ...path, cold: { ...path.cold, doorMs: [] }, warm: { ...path.warm, doorMs: [] } };
    expect(sharesOf(silent)[1]).toMatch(/one PATCH is 5 ms\.$/);
    expect(readingsOf(silent).filter(({ samples }) => samples.length === 0)).toEqual([]);
  });
});

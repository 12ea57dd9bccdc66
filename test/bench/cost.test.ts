import { describe, expect, it } from 'vitest';
import { costOf, lambdaGigabyteSeconds } from './cost.ts';

describe('the cost of a usage', () => {
  it('is the sum of its parts at list prices, the dearest first, without those that were not used', () => {
    const { lines, dollars } = costOf({ customEvent: 1000, stateTransition: 1000, dynamoDbWriteUnit: 0 });
    expect(lines.map(({ part }) => part)).toEqual(['stateTransition', 'customEvent']);
    expect(lines.map((line) => line.dollars)).toEqual([expect.closeTo(0.025, 9), expect.closeTo(0.001, 9)]);
    expect(dollars).toBeCloseTo(0.026, 9);
  });

  it('is nothing where nothing was used', () => {
    expect(costOf({})).toEqual({ lines: [], dollars: 0 });
  });

  it('reckons Lambda by the time waited and an assumed time of work for each call, in the memory that each function is given', () => {
    const small = { count: 10, waitedMs: 58_000, memoryMb: 512 };
    expect(lambdaGigabyteSeconds([small])).toBeCloseTo(30, 9);
    expect(lambdaGigabyteSeconds([small, { count: 5, waitedMs: 0, memoryMb: 1024 }])).toBeCloseTo(31, 9);
  });
});

import { describe, expect, it } from 'vitest';
import { ownMeasurement } from '../../../core/analysis/own-measurement.ts';
import type { Measurement } from '../../../core/metric-ports.ts';

const at = (atMs: number): Measurement => ({ name: 'errors', atMs, status: 'value', value: 0.5 });

describe('a measurement of a canary whose name another one had before', () => {
  it('is no data while its window reaches back to the other one, and says for how long', () => {
    expect(ownMeasurement(at(100_000), 60, 50_000)).toEqual({
      name: 'errors',
      atMs: 100_000,
      status: 'noData',
      why: 'its window of 1m still holds answers of the canary before, for 10s more.',
    });
  });

  it('counts from the moment at which the window begins with the end of the other one', () => {
    expect(ownMeasurement(at(109_999), 60, 50_000).status).toBe('noData');
    expect(ownMeasurement(at(110_000), 60, 50_000)).toEqual(at(110_000));
  });

  it('counts at once where there was no other', () => {
    expect(ownMeasurement(at(1), 60, undefined)).toEqual(at(1));
  });
});

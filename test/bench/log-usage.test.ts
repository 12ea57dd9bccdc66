import { describe, expect, it } from 'vitest';
import { logGigabytes, metricHours } from './log-usage.ts';

const hourMs = 3_600_000;

describe('what logs cost', () => {
  it('grows with the lines, the calls and the transitions', () => {
    const line = { level: 'info', message: 'done', fields: { rolloutId: 'checkout-000001' } } as const;
    const none = { invocations: 0, transitions: 0 };
    expect(logGigabytes([], none)).toBe(0);
    expect(logGigabytes([line, line], none)).toBeCloseTo(2 * logGigabytes([line], none), 12);
    expect(logGigabytes([], { invocations: 1000, transitions: 100 }) * 1e9).toBe(1_275_000);
  });
});

describe('what metrics cost', () => {
  it('is by the hour in which each is sent, however often', () => {
    const active = { values: { RolloutsActive: 1 }, atMs: 10 };
    expect(metricHours([])).toBe(0);
    expect(metricHours([active, { ...active, atMs: 20 }])).toBe(1);
    expect(metricHours([active, { ...active, atMs: hourMs + 10 }])).toBe(2);
    expect(metricHours([active, { values: { DoorMs: 5, AlarmToSafeSplitMs: 900 }, atMs: 30 }])).toBe(3);
  });

  it('counts a metric by its reason as one more', () => {
    const ended = { values: { RolloutsRolledBack: 1 }, atMs: 10 };
    expect(
      metricHours([
        { ...ended, rollbackReason: 'alarm' },
        { ...ended, rollbackReason: 'alarm' },
      ]),
    ).toBe(2);
    expect(
      metricHours([
        { ...ended, rollbackReason: 'alarm' },
        { ...ended, rollbackReason: 'abort' },
      ]),
    ).toBe(3);
  });
});

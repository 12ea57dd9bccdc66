import { describe, expect, it } from 'vitest';
import type { Reading } from './figure.ts';
import { formatFigure, formatNumber, formatSummary, type Measured, verdictOf } from './report.ts';

const reading: Reading = { what: 'a step', unit: 'ms', samples: [10, 20, 90], target: { atMost: 50, of: 'median' } };
const figure = { name: 'steps', title: 'Time of a step' };

describe('the report', () => {
  it.each([
    [{ atMost: 50, of: 'median' }, 'met'],
    [{ atMost: 20, of: 'median' }, 'met'],
    [{ atMost: 50, of: 'max' }, 'missed'],
  ] as const)('holds the samples against %j: %s', (target, expected) => {
    expect(verdictOf({ ...reading, target })).toBe(expected);
  });

  it('says nothing of a reading that only explains another', () => {
    const { target, ...without } = reading;
    expect(verdictOf(without)).toBe('');
  });

  it.each([
    [0, '0'],
    [0.012345, '0.0123'],
    [12.345, '12.3'],
    [100, '100'],
    [43830, '43830'],
    [-0.5, '-0.5'],
    [0.0000123, '0.0000123'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('shows median, p99, max, floor and target of each reading, and the notes', () => {
    const result = { readings: [{ ...reading, floor: [5] }], notes: ['It consists of this.'] };
    const lines = formatFigure({ figure, result }).split('\n');
    expect(lines[1]).toBe('Time of a step (steps)');
    expect(lines[3]?.trim().split(/ {2,}/)).toEqual(['a step', '3', '20', '90', '90', 'ms', '5', 'median <= 50']);
    expect(lines[4]).toBe('  It consists of this.');
  });

  it('sums up every target in words, and what could not be measured', () => {
    const measured: Measured[] = [
      { figure, result: { readings: [reading, { ...reading, what: 'the slowest', target: { atMost: 50, of: 'max' } }], notes: [] } },
      { figure: { name: 'other', title: 'Other' }, result: { failed: 'no server' } },
    ];
    const summary = formatSummary(measured);
    expect(summary).toMatch(/steps +a step +20 ms +median <= 50 +target met/);
    expect(summary).toMatch(/steps +the slowest +90 ms +max <= 50 +target missed/);
    expect(summary).toMatch(/other +could not be measured/);
  });
});

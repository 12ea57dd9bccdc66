import { describe, expect, it } from 'vitest';
import { judgeAlarm } from '../../../core/analysis/judge-alarm.ts';
import type { AlarmReading } from '../../../core/metric-ports.ts';

const reading = (state: AlarmReading['state'], reason = 'Threshold crossed.'): AlarmReading => ({
  name: 'checkout-errors',
  state,
  reason,
  sinceMs: undefined,
});

describe('an alarm', () => {
  it.each<[AlarmReading['state'], string, string]>([
    ['ok', 'pass', 'checkout-errors is not in alarm.'],
    ['alarm', 'fail', 'checkout-errors is in alarm: Threshold crossed.'],
    ['insufficientData', 'inconclusive', 'checkout-errors has insufficient data: Threshold crossed.'],
    ['missing', 'inconclusive', 'checkout-errors does not exist any more.'],
    ['unavailable', 'unavailable', 'checkout-errors could not be read: Threshold crossed.'],
  ])('whose state is %s: %s', (state, verdict, reason) => {
    expect(judgeAlarm(reading(state))).toEqual({ name: 'checkout-errors', verdict, reason });
  });

  it.each(['alarm', 'insufficientData', 'unavailable'] as const)('whose state is %s is named where no reason was given', (state) => {
    expect(judgeAlarm(reading(state, '')).reason).toMatch(/^checkout-errors [a-z ]+\.$/);
  });
});

describe('J8: an alarm that is ignored, since it fired before the rollout began', () => {
  it.each<[AlarmReading['state'], string]>([
    ['ok', 'pass'],
    ['alarm', 'pass'],
    ['insufficientData', 'inconclusive'],
    ['missing', 'inconclusive'],
    ['unavailable', 'unavailable'],
  ])('whose state is %s: %s', (state, verdict) => {
    expect(judgeAlarm(reading(state), ['checkout-errors']).verdict).toBe(verdict);
  });

  it('is passed over with that reason, and no other is', () => {
    expect(judgeAlarm(reading('alarm'), ['checkout-errors']).reason).toContain('was in alarm before the rollout began');
    expect(judgeAlarm(reading('alarm'), ['checkout']).verdict).toBe('fail');
  });
});

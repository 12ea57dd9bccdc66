import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Datapoint, evaluateAlarm, type TreatMissingData } from '../../../sandbox/cloudwatch/evaluate-alarm.ts';

const treatments: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** As the tables of AWS show datapoints: 0 does not breach, X breaches, - is missing; the most recent on the right. */
function range(text: string): Datapoint[] {
  return text.split(' ').map((point, index) => ({ startMs: index * 60_000, value: point === '-' ? undefined : point === 'X' ? 9 : 0 }));
}

function stateOf(text: string, datapointsToAlarm: number, treatMissingData: TreatMissingData) {
  return evaluateAlarm(range(text), { evaluationPeriods: 3, datapointsToAlarm, treatMissingData, breaches: (value) => value > 5 }).state;
}

describe('evaluateAlarm', () => {
  it.each([
    ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', 'INSUFFICIENT_DATA', undefined, 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', undefined, 'ALARM', 'OK'],
  ])('answers %s, 3 out of 3, as the table of AWS does', (text, ...states) => {
    expect(treatments.map((treatment) => stateOf(text, 3, treatment))).toEqual(states);
  });

  it.each([
    ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - X -', 'ALARM', undefined, 'ALARM', 'OK'],
  ])('answers %s, 2 out of 3, as the table of AWS does', (text, ...states) => {
    expect(treatments.map((treatment) => stateOf(text, 2, treatment))).toEqual(states);
  });

  it.each(['- - - - X', '- - - X -'])('does not fire too soon for %s, 3 out of 3', (text) => {
    expect(stateOf(text, 3, 'missing')).toBe('INSUFFICIENT_DATA');
    expect(stateOf(text, 3, 'ignore')).toBeUndefined();
  });

  it('fires for one breaching datapoint where one is enough, however missing data is treated', () => {
    expect(treatments.map((treatment) => stateOf('- - - - X', 1, treatment))).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM']);
  });

  it('forgets what is older than the most recent real datapoints', () => {
    expect(stateOf('X X 0 0 0', 1, 'missing')).toBe('OK');
    expect(stateOf('X X 0 0 -', 1, 'missing')).toBe('ALARM');
  });

  const point = fc.constantFrom('0', 'X', '-');
  const anyRange = fc.array(point, { minLength: 5, maxLength: 5 }).map((points) => points.join(' '));

  it('heeds the treatment of missing data only where fewer real datapoints than needed are there', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 1, max: 3 }), (text, datapointsToAlarm) => {
        fc.pre(text.split(' ').filter((shown) => shown !== '-').length >= 3);
        expect(new Set(treatments.map((treatment) => stateOf(text, datapointsToAlarm, treatment))).size).toBe(1);
      }),
    );
  });

  it('never fires without a breaching datapoint, unless missing ones count as breaching', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 1, max: 3 }), fc.constantFrom(...treatments), (text, datapointsToAlarm, treatment) => {
        fc.pre(!text.includes('X') && treatment !== 'breaching');
        expect(stateOf(text, datapointsToAlarm, treatment)).not.toBe('ALARM');
      }),
    );
  });
});

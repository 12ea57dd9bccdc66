import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { type AlarmStateValue, compileAlarmRule } from '../../../sandbox/cloudwatch/alarm-rule.ts';

const states: Readonly<Record<string, AlarmStateValue>> = { firing: 'ALARM', calm: 'OK', 'no data (yet)': 'INSUFFICIENT_DATA' };
const holds = (text: string) => compileAlarmRule(text).holds((name) => states[name]);

describe('compileAlarmRule', () => {
  it.each([
    ['ALARM("firing")', true],
    ['ALARM(calm)', false],
    ['OK(calm)', true],
    ['INSUFFICIENT_DATA("no data (yet)")', true],
    ['NOT ALARM(calm)', true],
    ['ALARM(firing) AND NOT ALARM(calm)', true],
    ['ALARM(calm) OR ALARM(firing)', true],
    ['ALARM(firing) OR ALARM(calm) AND ALARM(calm)', true],
    ['(ALARM(firing) OR ALARM(calm)) AND ALARM(calm)', false],
    ['NOT (ALARM(firing) OR ALARM(calm))', false],
    ['TRUE AND NOT FALSE', true],
    ['OK(deleted) OR ALARM(deleted)', false],
  ])('answers %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  it('names its children, each once', () => {
    expect(compileAlarmRule('ALARM(a) OR (OK("b c") AND NOT ALARM(a))').children).toEqual(['a', 'b c']);
  });

  it.each([
    '',
    'ALARM',
    'ALARM()',
    'ALARM(a',
    'ALARM(a) ALARM(b)',
    'ALARM(a) AND',
    'FIRING(a)',
    '(ALARM(a)',
    'ALARM(a))',
    'ALARM(a) and OK(b)',
  ])('refuses %j', (text) => {
    expect(() => compileAlarmRule(text)).toThrow(InvalidInputError);
  });
});

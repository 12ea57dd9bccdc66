import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import type { BusEvent } from '../../../sandbox/eventbridge/bus-event.ts';
import { compileTargetInput } from '../../../sandbox/eventbridge/target-input.ts';

const event: BusEvent = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '111122223333',
  time: '2026-01-05T03:00:00Z',
  region: 'cn-north-1',
  resources: ['arn:one', 'arn:two'],
  detail: { alarmName: 'errors "5xx"', state: { value: 'ALARM' }, 'image-tag': 'v2', count: 3 },
};

describe('compileTargetInput', () => {
  it.each([
    ['the whole event', {}, event],
    ['the input as it is', { input: { kind: 'sweep' } }, { kind: 'sweep' }],
    ['an input of null', { input: null }, null],
    ['the event by its path', { inputPath: '$' }, event],
    ['a part of it', { inputPath: '$.detail.state' }, { value: 'ALARM' }],
    ['a field with a hyphen', { inputPath: "$.detail['image-tag']" }, 'v2'],
    ['an element of a list', { inputPath: '$.resources[1]' }, 'arn:two'],
    ['a part that is not there', { inputPath: '$.detail.previousState.value' }, undefined],
  ])('gives %s', (_, target, payload) => {
    expect(compileTargetInput(target, 'alarms')(event)).toEqual(payload);
  });

  it.each([
    ['text without quotes becomes JSON', '{"alarm": <alarm>, "state": <state>}', { alarm: 'errors "5xx"', state: { value: 'ALARM' } }],
    ['text within quotes stays text', '{"text": "fired: <alarm>, <count> times"}', { text: 'fired: errors "5xx", 3 times' }],
    ['an object within quotes is written out', '{"text": "<state>"}', { text: '{"value":"ALARM"}' }],
    ['a missing part is null, or nothing', '{"a": <none>, "b": "[<none>]"}', { a: null, b: '[]' }],
    ['a template can be text alone', '"<alarm>"', 'errors "5xx"'],
    ['the rule is known', '{"by": "<aws.events.rule-arn>"}', { by: 'arn:aws-cn:events:cn-north-1:111122223333:rule/alarms' }],
    ['the whole event is known', '{"event": <aws.events.event.json>}', { event }],
  ])('transforms: %s', (_, inputTemplate, payload) => {
    const inputPathsMap = { alarm: '$.detail.alarmName', state: '$.detail.state', count: '$.detail.count', none: '$.detail.none' };
    expect(compileTargetInput({ inputTransformer: { inputPathsMap, inputTemplate } }, 'alarms')(event)).toEqual(payload);
  });

  it.each([
    ['two forms at once', { input: {}, inputPath: '$' }, /more than one of/],
    ['what is no path', { inputPath: 'detail.state' }, /no path|not a path/],
    ['a part that is not defined', { inputTransformer: { inputPathsMap: {}, inputTemplate: '{"a": <a>}' } }, /uses <a>/],
  ])('refuses %s', (_, target, message) => {
    expect(() => compileTargetInput(target, 'alarms')).toThrow(InvalidInputError);
    expect(() => compileTargetInput(target, 'alarms')).toThrow(message);
  });
});

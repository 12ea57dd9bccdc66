import { describe, expect, it } from 'vitest';
import { doorMsIn } from './door-log.ts';

const line = (values: object) => JSON.stringify({ _aws: { Timestamp: 1 }, ...values });

describe('the log of the abort door', () => {
  it.each([
    ['a line of an alarm', line({ DoorMs: 42.5, AlarmToSafeSplitMs: 190 }), [42.5]],
    ['a call with other lines around it', `START\n${line({ DoorMs: 42, AlarmToSafeSplitMs: 190 })}\n\nEND`, [42]],
    ['a line of a door that no alarm opened', line({ DoorMs: 42 }), []],
    ['a line of something else', line({ message: 'The fence is raised.' }), []],
    ['text', '{ no JSON', []],
    ['nothing', '', []],
  ])('is read for the time until the weight was written: %s', (_, message, expected) => {
    expect(doorMsIn(message)).toEqual(expected);
  });
});

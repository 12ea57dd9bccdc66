import { describe, expect, it } from 'vitest';
import { answered, atHalf, saved, startMs, stateAfter, told, undone, weight } from './observed-events.ts';

const texts = (events: Parameters<typeof stateAfter>[0]) => stateAfter(events).report.story.map(({ text }) => text);

describe('the story', () => {
  it('tells a rollback from the first bad answer to the end', () => {
    expect(texts(undone).slice(texts(atHalf).length)).toEqual([
      'v2 gives its first bad answer.',
      'checkout-errors goes to ALARM: Threshold Crossed.',
      'The route gives v2 weight 0 of 100.',
      'Rollback, reason alarm.',
      'v2 is quarantined: it is not rolled out again unless somebody forces it.',
      'Rolled back: stable has all the traffic, and the canary is removed.',
      'The outcome is as the scenario states.',
    ]);
  });

  it('tells a verdict when it changes, and not again while it stays', () => {
    const told = texts(atHalf).filter((text) => text.startsWith('pass'));
    expect(told).toEqual(['pass: The canary has 2 ready.', 'pass: checkout-errors is not in alarm.']);
    expect(texts([...atHalf, ...atHalf.slice(-1)])).toEqual(texts(atHalf));
  });

  it('tells why a rollback began that no alarm had asked for', () => {
    expect(texts([saved(1, { rollbackReason: 'abort' }), told(2, 'rollingBack', 'Somebody saw enough.')])).toEqual([
      'Rollback, reason abort. Somebody saw enough.',
    ]);
  });

  it.each([
    ['the same weight written again', [saved(1), weight(2, 0), weight(3, 10), weight(4, 10)], ['The route gives v2 weight 10 of 100.']],
    ['a bad answer of stable', [saved(1), answered(2, 'v1', true)], []],
    ['a request that nobody answered before a rollout began', [answered(1, undefined, true)], []],
  ])('keeps quiet about %s', (_, events, expected) => {
    expect(texts(events)).toEqual(expected);
  });

  it('tells each difference from what the scenario states', () => {
    const ended = { kind: 'ended', atMs: startMs + 1000, differences: ['phase: failed'] } as const;
    expect(texts([ended])).toEqual(['Not as the scenario states: phase: failed']);
  });
});

import { describe, expect, it } from 'vitest';
import { transitionEvent } from '../../../core/rollout/transition-event.ts';
import { recordOf, spec, startMs } from './rollout-for-tests.ts';

const atMs = startMs + 60_000;
const event = (change: Parameters<typeof recordOf>[0] = {}, atMsOf = atMs) =>
  transitionEvent(recordOf(change), spec(), 'rollingBack', 'checkout-errors is in alarm.', atMsOf);

describe('P1: the id of a transition', () => {
  it('is made of the rollout, the transition, the step and the fence', () => {
    expect(event({ stepIndex: 2, fence: 7 }).id).toBe('checkout-000001/rollingBack/2/7');
  });

  it('is the same where a Lambda is run twice, at another time and for another reason', () => {
    const again = transitionEvent(recordOf(), spec(), 'rollingBack', 'Again.', atMs + 5);
    expect(again.id).toBe(event().id);
  });

  it.each([
    ['rollout', event({ rolloutId: 'checkout-000002' })],
    ['step', event({ stepIndex: 1 })],
    ['fence', event({ fence: 2 })],
    ['transition', transitionEvent(recordOf(), spec(), 'rolledBack', 'Done.', atMs)],
  ])('differs for another %s', (_what, other) => {
    expect(other.id).not.toBe(event().id);
  });
});

describe('P1: a step that is paused again', () => {
  const pausedAt = (pausedSinceMs: number) => {
    const watch = { stepIndex: 0, startedAtMs: startMs, bakedMs: 0, pausedSinceMs };
    return transitionEvent(recordOf({ phase: 'paused', watch }), spec(), 'paused', 'Paused by ada.', atMs);
  };

  it('is told again: each pause has an id of its own, which a second delivery repeats', () => {
    expect(pausedAt(startMs + 1).id).not.toBe(pausedAt(startMs + 2).id);
    expect(pausedAt(startMs + 1).id).toBe(pausedAt(startMs + 1).id);
  });
});

describe('the event of a transition', () => {
  it('tells what, where, why, by whom and on which weight', () => {
    const {
      detailType,
      atMs: when,
      detail,
    } = event({
      phase: 'rollingBack',
      split: { stable: 90, canary: 10 },
      rollbackReason: 'alarm',
      rollbackActor: { kind: 'alarm', id: 'checkout-errors' },
    });
    expect(detailType).toBe('Rollout Rolling Back');
    expect(when).toBe(atMs);
    expect(detail).toEqual({
      rollout: 'checkout',
      rolloutId: 'checkout-000001',
      transition: 'rollingBack',
      phase: 'rollingBack',
      stepIndex: 0,
      weight: 10,
      totalWeight: 100,
      image: 'registry.example.com/shop/checkout@sha256:new',
      tag: 'v2',
      reason: 'checkout-errors is in alarm.',
      rollbackReason: 'alarm',
      actor: { kind: 'alarm', id: 'checkout-errors' },
      executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:rollout:first',
      notify: { channel: '' },
    });
  });

  it('names who started the rollout where nobody rolled it back', () => {
    expect(event().detail).toMatchObject({ actor: { kind: 'push', id: 'event-1' } });
    expect(event().detail).not.toHaveProperty('rollbackReason');
  });

  it('keeps its id where a rollback goes beyond the fence that its door raised', () => {
    const rollingBack = { phase: 'rollingBack', rollbackFence: 2 } as const;
    const ids = [2, 3].map((fence) => transitionEvent(recordOf({ ...rollingBack, fence }), spec(), 'rollingBack', '', atMs).id);
    expect(ids[1]).toBe(ids[0]);
  });

  it('leaves out a tag that is not known', () => {
    expect(event({ image: { repository: 'r', digest: 'sha256:d', pushedAtMs: 0 } }).detail).not.toHaveProperty('tag');
  });

  it('asks for a notification only where the spec wants one, on its channel', () => {
    const quiet = spec({ notifications: { on: ['failed'], channel: 'shop-alerts' } });
    expect(transitionEvent(recordOf(), quiet, 'rollingBack', '', atMs).detail).not.toHaveProperty('notify');
    expect(transitionEvent(recordOf(), quiet, 'failed', '', atMs).detail).toMatchObject({ notify: { channel: 'shop-alerts' } });
  });

  it.each([
    ['begun', 'Rollout Begun'],
    ['advanced', 'Rollout Advanced'],
    ['paused', 'Rollout Paused'],
    ['promoting', 'Rollout Promoting'],
    ['succeeded', 'Rollout Succeeded'],
    ['rollingBack', 'Rollout Rolling Back'],
    ['rolledBack', 'Rollout Rolled Back'],
    ['failed', 'Rollout Failed'],
  ] as const)('of %s has the detail-type %s', (transition, detailType) => {
    expect(transitionEvent(recordOf(), spec(), transition, '', atMs).detailType).toBe(detailType);
  });
});

import { describe, expect, it } from 'vitest';
import type { EventSink, SluiceEvent } from '../../core/ports.ts';

export interface EventSinkSetUp {
  readonly sink: EventSink;
  /** What arrived so far, in the order of its arrival. */
  received(): readonly Pick<SluiceEvent, 'id' | 'detailType' | 'atMs' | 'detail'>[];
}

/** The n-th of a series of events that differ. */
export function anEvent(n: number, detail: SluiceEvent['detail'] = { rollout: 'checkout', weight: n }): SluiceEvent {
  return { id: `checkout-7-${n}`, detailType: 'Rollout Advanced', atMs: Date.UTC(2026, 0, 5, 3, 0, 0, n), detail };
}

/** What every EventSink does. */
export function eventSinkContract(name: string, setUp: () => EventSinkSetUp): void {
  describe(`${name} as an EventSink`, () => {
    it('passes an event on with its id, type, time and detail', async () => {
      const { sink, received } = setUp();
      const event = anEvent(1, {
        rollout: 'checkout',
        reason: '5xx rate 0.031 > 0.01, “é”',
        numbers: { weight: 5, total: 100 },
        alarms: ['a'],
      });
      await sink.publish([event]);
      expect(received()).toHaveLength(1);
      expect(received()[0]).toMatchObject(event);
    });

    it.each([2, 10, 11, 25])('passes on %i events at once, in order', async (count) => {
      const { sink, received } = setUp();
      const events = Array.from({ length: count }, (_, index) => anEvent(index));
      await sink.publish(events);
      expect(received().map((event) => event.id)).toEqual(events.map((event) => event.id));
    });

    it('does nothing for no events', async () => {
      const { sink, received } = setUp();
      await sink.publish([]);
      expect(received()).toEqual([]);
    });

    it('shares no object with the publisher', async () => {
      const { sink, received } = setUp();
      const detail = { steps: [5] };
      await sink.publish([anEvent(1, detail)]);
      detail.steps.push(10);
      expect(received()[0]?.detail).toMatchObject({ steps: [5] });
    });
  });
}

import type { EventSink } from '../../core/ports.ts';
import type { EventBus } from './event-bus.ts';

/**
 * Publishes Sluice's own events on the sandbox's bus, in the form in which the EventBridge adapter puts them: source
 * `sluice`, and the event's id and time within the detail, because the bus gives each event an id of its own.
 */
export function createInProcessEventSink(bus: EventBus): EventSink {
  return {
    publish: async (events) => {
      bus.putEvents(events.map(({ id, detailType, atMs, detail }) => ({ source: 'sluice', detailType, detail: { ...detail, id, atMs } })));
    },
  };
}

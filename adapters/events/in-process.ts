import type { EventSink, SluiceEvent } from '../../core/ports.ts';

export type EventListener = (event: SluiceEvent) => void;

/** A bus inside the process, for the sandbox and for tests. */
export interface InProcessEventSink extends EventSink {
  /** All that was published, oldest first. */
  readonly events: readonly SluiceEvent[];
  /** Calls the listener for each event from now on. Returns how to end it. */
  subscribe(listener: EventListener): () => void;
}

/**
 * Listeners are called after the publisher's own turn and before `publish` resolves. One that throws does not reach the
 * publisher, as a failing target of EventBridge does not: it surfaces as an uncaught exception.
 */
export function createInProcessEventSink(): InProcessEventSink {
  const events: SluiceEvent[] = [];
  const listeners = new Set<EventListener>();
  return {
    events,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async publish(published) {
      for (const event of published) {
        const copy = structuredClone(event);
        events.push(copy);
        for (const listener of listeners) queueMicrotask(() => listener(copy));
      }
    },
  };
}

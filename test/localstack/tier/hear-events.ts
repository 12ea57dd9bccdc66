import type { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import type { EventFaults } from './event-faults.ts';
import { alarmsOf, type TappedEvent } from './event-tap.ts';

/** Puts what LocalStack told into the sandbox's bus, where stories look for it, with alarms under the names that stories know. */
export function hearEvents({
  bus,
  faults,
  prefix,
}: {
  readonly bus: EventBus;
  readonly faults: EventFaults;
  readonly prefix: string;
}): (event: TappedEvent) => void {
  return (event) => {
    const { alarmName } = event.detail;
    const seen =
      typeof alarmName === 'string'
        ? { ...event, detail: { ...event.detail, alarmName: alarmName.slice(alarmsOf(prefix).length) } }
        : event;
    bus.putEvents([{ source: seen.source, detailType: seen['detail-type'], detail: seen.detail }]);
    if (seen !== event) void faults.afterEvent(event, seen).catch(() => undefined);
  };
}

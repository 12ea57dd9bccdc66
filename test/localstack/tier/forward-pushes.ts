import type { BusEvent } from '../../../sandbox/eventbridge/bus-event.ts';
import type { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import type { Apis } from './apis.ts';

/**
 * Passes on what the sandbox's registry tells of pushes, by PutEvents: LocalStack has no registry of its own. Faults that a story sets for
 * them have then befallen them already. What was pushed before is not passed on.
 */
export function forwardPushes(bus: EventBus, { events }: Pick<Apis, 'events'>): { assertAllSent(): void } {
  const failures: unknown[] = [];
  const deliver = async (payload: unknown) => {
    const event = payload as BusEvent;
    const entry = {
      Source: event.source,
      DetailType: event['detail-type'],
      Time: Date.parse(event.time) / 1000,
      Resources: event.resources,
      Detail: JSON.stringify(event.detail),
    };
    await events('PutEvents', { Entries: [entry] }).catch((error: unknown) => failures.push(error));
  };
  bus.putRule({ name: 'to-localstack', pattern: { source: ['aws.ecr'] }, targets: [{ id: 'localstack', deliver }] });
  return {
    assertAllSent: () => {
      if (failures.length > 0) throw failures[0];
    },
  };
}

import { systemClock } from '../../adapters/clock.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { lazily } from './lazily.ts';

export const provideEvents: Providers<'events'> = {
  events: () => {
    const sink = lazily(async () => {
      const { createEventBridgeSink, EventBridgeClient } = await import('../../adapters/events/eventbridge.ts');
      const client = new EventBridgeClient({ region: readVariable('region') });
      return createEventBridgeSink({ client, eventBusName: readVariable('eventBus'), clock: systemClock });
    });
    return { publish: async (events) => (await sink()).publish(events) };
  },
};

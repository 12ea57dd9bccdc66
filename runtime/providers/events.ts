import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { systemClock } from '../../adapters/clock.ts';
import { createEventBridgeSink } from '../../adapters/events/eventbridge.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';

export const provideEvents: Providers<'events'> = {
  events: () =>
    createEventBridgeSink({
      client: new EventBridgeClient({ region: readVariable('region') }),
      eventBusName: readVariable('eventBus'),
      clock: systemClock,
    }),
};

import { describe, expect, it } from 'vitest';
import { createInProcessEventSink } from '../../../adapters/events/in-process.ts';
import { anEvent, eventSinkContract } from '../../contract/event-sink.ts';

eventSinkContract('the bus in the process', () => {
  const sink = createInProcessEventSink();
  return { sink, received: () => sink.events };
});

describe('the bus in the process', () => {
  it('has called its listeners when publish resolves', async () => {
    const sink = createInProcessEventSink();
    const heard: string[] = [];
    sink.subscribe((event) => heard.push(`a ${event.id}`));
    sink.subscribe((event) => heard.push(`b ${event.id}`));
    await sink.publish([anEvent(1), anEvent(2)]);
    expect(heard).toEqual(['a checkout-7-1', 'b checkout-7-1', 'a checkout-7-2', 'b checkout-7-2']);
  });

  it('calls a listener no more once it has ended its subscription', async () => {
    const sink = createInProcessEventSink();
    const heard: string[] = [];
    const end = sink.subscribe((event) => heard.push(event.id));
    await sink.publish([anEvent(1)]);
    end();
    await sink.publish([anEvent(2)]);
    expect(heard).toEqual(['checkout-7-1']);
  });

  it('lets a listener publish', async () => {
    const sink = createInProcessEventSink();
    sink.subscribe((event) => {
      if (event.id === 'checkout-7-1') void sink.publish([anEvent(2)]);
    });
    await sink.publish([anEvent(1)]);
    expect(sink.events.map((event) => event.id)).toEqual(['checkout-7-1', 'checkout-7-2']);
  });
});

import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { createInProcessEventSink } from '../../../sandbox/eventbridge/event-sink.ts';

describe('createInProcessEventSink', () => {
  it("puts Sluice's events on the bus in order, with their own id and time in the detail", async () => {
    const clock = new VirtualClock();
    const bus = new EventBus({ clock });
    const told: unknown[] = [];
    bus.putRule({
      name: 'all',
      pattern: { source: ['sluice'] },
      targets: [{ id: 'told', inputPath: '$.detail', deliver: (detail) => void told.push(detail) }],
    });
    await createInProcessEventSink(bus).publish([
      { id: 'checkout/1/begun', detailType: 'Rollout Begun', atMs: 5, detail: { rollout: 'checkout' } },
      { id: 'checkout/1/rolledBack', detailType: 'Rollout Rolled Back', atMs: 9, detail: { rollout: 'checkout' } },
    ]);
    await clock.sleep(100);
    expect(told).toEqual([
      { id: 'checkout/1/begun', atMs: 5, rollout: 'checkout' },
      { id: 'checkout/1/rolledBack', atMs: 9, rollout: 'checkout' },
    ]);
    expect(bus.puts.map(({ event }) => event['detail-type'])).toEqual(['Rollout Begun', 'Rollout Rolled Back']);
  });
});

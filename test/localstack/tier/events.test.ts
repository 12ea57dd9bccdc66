import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { Ecr } from '../../../sandbox/ecr.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { handAlarmEvent } from '../../scenarios/by-hand.ts';
import type { Apis } from './apis.ts';
import { EventFaults } from './event-faults.ts';
import type { TappedEvent } from './event-tap.ts';
import { forwardPushes } from './forward-pushes.ts';
import { hearEvents } from './hear-events.ts';

interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

function setUp() {
  const clock = new VirtualClock();
  const bus = new EventBus({ clock });
  const calls: Call[] = [];
  const events: Apis['events'] = async (operation, input) => void calls.push({ operation, input });
  const apis = { events } as Apis;
  const faults = new EventFaults(apis, 'sluice-a', (ms) => clock.sleep(ms));
  return { clock, bus, calls, apis, faults, hear: hearEvents({ bus, faults, prefix: 'sluice-a' }) };
}

const changed: TappedEvent = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'sluice-a.checkout-by-hand', state: { value: 'ALARM' } },
};

describe('a push', () => {
  it('is passed on as ECR tells it, after the faults that the story has set', async () => {
    const { clock, bus, calls, apis } = setUp();
    const ecr = new Ecr({ clock, bus });
    ecr.push({ repository: 'sluice-a-shop/checkout', tag: 'v1' });
    await clock.sleep(1000);
    forwardPushes(bus, apis);
    bus.injectFault({ kind: 'duplicate', pattern: { source: ['aws.ecr'] }, times: 2 });
    ecr.push({ repository: 'sluice-a-shop/checkout', tag: 'v2' });
    await clock.sleep(1000);
    const entry = { Source: 'aws.ecr', DetailType: 'ECR Image Action', Detail: expect.stringContaining('"image-tag":"v2"') };
    expect(calls).toEqual([1, 2].map(() => ({ operation: 'PutEvents', input: { Entries: [expect.objectContaining(entry)] } })));
  });

  it('that LocalStack does not take fails the scenario', async () => {
    const { clock, bus } = setUp();
    const forwarded = forwardPushes(bus, { events: () => Promise.reject(new Error('LocalStack is gone')) });
    new Ecr({ clock, bus }).push({ repository: 'sluice-a-shop/checkout', tag: 'v2' });
    await clock.sleep(1000);
    expect(() => forwarded.assertAllSent()).toThrow('LocalStack is gone');
  });
});

describe("an alarm's event", () => {
  it('is seen by stories under the name that they know', () => {
    const { bus, hear } = setUp();
    hear(changed);
    expect(bus.puts.map(({ event }) => event.detail)).toEqual([{ alarmName: 'checkout-by-hand', state: { value: 'ALARM' } }]);
  });

  it('is put again as often as a fault says, once, under the name that LocalStack knows', () => {
    const { faults, hear, calls } = setUp();
    void faults.inject({ kind: 'duplicate', pattern: handAlarmEvent('ALARM'), times: 5 });
    hear(changed);
    hear(changed);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.input['Entries']).toHaveLength(4);
    expect(JSON.stringify(calls[0]?.input)).toContain('sluice-a.checkout-by-hand');
  });

  it('is lost while its rule is switched off, until the alarm has changed', async () => {
    const { faults, calls } = setUp();
    await faults.afterChange();
    await faults.inject({ kind: 'drop', pattern: handAlarmEvent('ALARM') });
    await faults.afterChange();
    await faults.mend();
    const input = { Name: 'sluice-a-alarm-state-change' };
    expect(calls).toEqual([
      { operation: 'DisableRule', input },
      { operation: 'EnableRule', input },
    ]);
  });
});

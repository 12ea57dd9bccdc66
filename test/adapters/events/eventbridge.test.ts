import { EventBridgeClient, type PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventBridgeSink, type EventBridgeSender } from '../../../adapters/events/eventbridge.ts';
import { AwsUnavailableError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { anEvent, eventSinkContract } from '../../contract/event-sink.ts';

/** Accepts what AWS accepts, but for the calls that `refuse` fails and the ids that it names. */
class FakeEventBridge implements EventBridgeSender {
  readonly calls: PutEventsRequestEntry[][] = [];
  readonly accepted: PutEventsRequestEntry[] = [];
  readonly #refuse: (id: string, call: number) => string | undefined;

  constructor(refuse: (id: string, call: number) => string | undefined = () => undefined) {
    this.#refuse = refuse;
  }

  async send(command: PutEventsCommand) {
    const entries = command.input.Entries ?? [];
    this.calls.push(entries);
    const bytes = entries.reduce((sum, entry) => sum + 14 + Buffer.byteLength(`${entry.Source}${entry.DetailType}${entry.Detail}`), 0);
    if (entries.length > 10 || bytes > 262_144) throw Object.assign(new Error('too large'), { name: 'ValidationException' });
    const results = entries.map((entry) => {
      const ErrorCode = this.#refuse(JSON.parse(entry.Detail ?? '{}').id, this.calls.length);
      if (ErrorCode !== undefined) return { ErrorCode, ErrorMessage: 'as the test wishes' };
      this.accepted.push(entry);
      return { EventId: crypto.randomUUID() };
    });
    return { FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length, Entries: results, $metadata: {} };
  }

  ids() {
    return this.accepted.map((entry) => JSON.parse(entry.Detail ?? '{}').id as string);
  }
}

const sinkFor = (client: EventBridgeSender, clock = new VirtualClock()) => createEventBridgeSink({ client, eventBusName: 'sluice', clock });

eventSinkContract('EventBridge', () => {
  const client = new FakeEventBridge();
  const received = () =>
    client.accepted.map(({ Detail, DetailType, Time }) => {
      const { id, ...detail } = JSON.parse(Detail ?? '{}');
      return { id, detailType: DetailType ?? '', atMs: Time?.getTime() ?? 0, detail };
    });
  return { sink: sinkFor(client), received };
});

describe('the EventBridge sink', () => {
  it("takes the SDK's client", () => {
    expect(sinkFor(new EventBridgeClient({ region: 'eu-west-1' }))).toBeDefined();
  });

  it('names the bus, the source, and in the detail the id and the time that EventBridge would not keep', async () => {
    const client = new FakeEventBridge();
    await sinkFor(client).publish([anEvent(1, { rollout: 'checkout', id: 'not this one' })]);
    expect(client.accepted).toEqual([
      {
        EventBusName: 'sluice',
        Source: 'sluice',
        DetailType: 'Rollout Advanced',
        Detail: '{"rollout":"checkout","id":"checkout-7-1","atMs":1767582000001}',
        Time: new Date('2026-01-05T03:00:00.001Z'),
      },
    ]);
  });

  it('keeps every call within 10 events and 256 KB, and loses and reorders none', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const client = new FakeEventBridge();
        await sinkFor(client).publish(lengths.map((length, index) => anEvent(index, { text: 'é'.repeat(length) })));
        expect(client.ids()).toEqual(lengths.map((_, index) => `checkout-7-${index}`));
      }),
      { numRuns: 30 },
    );
  });

  it('sends what was refused again by itself, after a wait', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const client = new FakeEventBridge((id, call) => (call <= 2 && /-[13]$/.test(id) ? 'ThrottlingException' : undefined));
    await sinkFor(client, clock).publish([0, 1, 2, 3].map((n) => anEvent(n)));
    expect(client.calls.map((entries) => entries.length)).toEqual([4, 2, 2]);
    expect(client.ids()).toEqual(['checkout-7-0', 'checkout-7-2', 'checkout-7-1', 'checkout-7-3']);
    expect(clock.now()).toBe(25 + 50);
  });

  it('names what stays refused, and sends the others all the same', async () => {
    const client = new FakeEventBridge((id) => (id === 'checkout-7-3' ? 'InternalFailure' : undefined));
    const publish = sinkFor(client).publish(Array.from({ length: 12 }, (_, n) => anEvent(n)));
    await expect(publish).rejects.toThrow(AwsUnavailableError);
    await expect(publish).rejects.toThrow('1 of 12 events: Rollout Advanced checkout-7-3 (InternalFailure, as the test wishes)');
    expect(client.ids()).toHaveLength(11);
  });

  it('lets an event that is too large for any call fail by itself', async () => {
    const client = new FakeEventBridge();
    const publish = sinkFor(client).publish([anEvent(0), anEvent(1, { text: 'x'.repeat(270_000) }), anEvent(2)]);
    await expect(publish).rejects.toThrow('1 of 3 events: Rollout Advanced checkout-7-1 (ValidationException');
    expect(client.ids()).toEqual(['checkout-7-0', 'checkout-7-2']);
  });

  it('tries again when the call itself fails, and keeps the cause of the last failure', async () => {
    const down = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    let calls = 0;
    const client: EventBridgeSender = {
      send: async () => {
        calls += 1;
        throw down;
      },
    };
    await expect(sinkFor(client).publish([anEvent(1)])).rejects.toMatchObject({ name: 'AwsUnavailableError', cause: down });
    expect(calls).toBe(3);
  });
});

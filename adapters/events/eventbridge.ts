import {
  PutEventsCommand,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { AwsUnavailableError } from '../../core/errors.ts';
import type { Clock, EventSink, SluiceEvent } from '../../core/ports.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import { backoffMs } from '../aws/retry.ts';

export { EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** The part of EventBridgeClient that is used. */
export interface EventBridgeSender {
  send(command: PutEventsCommand): Promise<PutEventsCommandOutput>;
}

export interface EventBridgeSinkOptions {
  readonly client: EventBridgeSender;
  /** Name or ARN. */
  readonly eventBusName: string;
  readonly clock: Clock;
  /** Tries of one batch in all, 25, 50 ms apart. */
  readonly attempts?: number;
}

/** What one PutEvents takes. Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const entriesPerCall = 10;
const bytesPerCall = 256 * 1024;

interface Pending {
  readonly event: SluiceEvent;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/**
 * Sluice's events on EventBridge, with the source `sluice`. Each detail carries the event's `id` and `atMs` besides its own
 * fields: EventBridge gives a new id to each delivery and cuts the time to seconds.
 *
 * What is refused is sent again by itself, so that what was accepted is not doubled. An event that stays refused, or is too
 * large for any call, does not hold up the others: it is named in the error at the end.
 */
export function createEventBridgeSink({ client, eventBusName, clock, attempts = 3 }: EventBridgeSinkOptions): EventSink {
  const send = async (batch: readonly Pending[]): Promise<Refusal[]> => {
    let left = batch;
    for (let attempt = 0; ; attempt += 1) {
      const refusals = await putEvents(client, left);
      if (refusals.length === 0 || attempt + 1 >= attempts) return refusals;
      left = refusals.map((refusal) => refusal.pending);
      await clock.sleep(backoffMs(attempt));
    }
  };

  return {
    async publish(events) {
      const refusals: Refusal[] = [];
      for (const batch of inBatches(events.map((event) => toPending(event, eventBusName)))) refusals.push(...(await send(batch)));
      if (refusals.length === 0) return;
      const named = refusals.map(({ pending, why }) => `${pending.event.detailType} ${pending.event.id} (${why})`).join('; ');
      throw new AwsUnavailableError(`EventBridge did not accept ${refusals.length} of ${events.length} events: ${named}.`, {
        remedy: `Publish them again; check that the bus ${eventBusName} exists and that the role may do events:PutEvents on it.`,
        cause: refusals[0]?.cause,
      });
    },
  };
}

interface Refusal {
  readonly pending: Pending;
  readonly why: string;
  readonly cause?: unknown;
}

async function putEvents(client: EventBridgeSender, batch: readonly Pending[]): Promise<Refusal[]> {
  try {
    const { Entries } = await client.send(new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }));
    return batch.flatMap((pending, index) => {
      const why = refusalOf(Entries?.[index]);
      return why === undefined ? [] : [{ pending, why }];
    });
  } catch (cause) {
    const why = withoutCredentials(cause instanceof Error ? `${cause.name}, ${cause.message}` : String(cause));
    return batch.map((pending) => ({ pending, why, cause }));
  }
}

/** An entry is accepted when it was given an id. The answer's order is the request's. */
function refusalOf(result: PutEventsResultEntry | undefined): string | undefined {
  if (result?.EventId !== undefined) return undefined;
  return result?.ErrorCode === undefined ? 'no answer' : `${result.ErrorCode}, ${result.ErrorMessage ?? ''}`;
}

function toPending(event: SluiceEvent, eventBusName: string): Pending {
  const entry = {
    EventBusName: eventBusName,
    Source: 'sluice',
    DetailType: event.detailType,
    Detail: JSON.stringify({ ...event.detail, id: event.id, atMs: event.atMs }),
    Time: new Date(event.atMs),
  };
  return { event, entry, bytes: entryBytes(entry) };
}

/**
 * As AWS counts it: 14 for the time, and the UTF-8 length of source, detail-type and detail.
 *
 * @example entryBytes({ Source: 'sluice', DetailType: 'Rollout Begun', Detail: '{}' }) // 14 + 6 + 13 + 2 = 35
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
function entryBytes(entry: { readonly Source: string; readonly DetailType: string; readonly Detail: string }): number {
  return 14 + [entry.Source, entry.DetailType, entry.Detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** In order, each as full as it may be. What is too large for any batch is one by itself, and is refused by itself. */
function inBatches(all: readonly Pending[]): Pending[][] {
  const batches: Pending[][] = [];
  let bytes = 0;
  for (const pending of all) {
    const last = batches.at(-1);
    if (last === undefined || last.length === entriesPerCall || bytes + pending.bytes > bytesPerCall) {
      batches.push([pending]);
      bytes = pending.bytes;
    } else {
      last.push(pending);
      bytes += pending.bytes;
    }
  }
  return batches;
}

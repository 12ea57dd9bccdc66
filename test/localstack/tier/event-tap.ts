import * as z from 'zod/mini';
import type { Apis } from './apis.ts';

/** What the names of the alarms begin with that scenarios make for a deployment; the alarms of the template begin otherwise. */
export const alarmsOf = (prefix: string): string => `${prefix}.`;

/** An event as a rule gives it to its target. */
const tapped = z.looseObject({ source: z.string(), 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) });
export type TappedEvent = z.infer<typeof tapped>;

const received = z.object({ Messages: z.nullish(z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() }))) });
const queue = z.object({ QueueUrl: z.string() });

/**
 * Brings the events of a LocalStack into this process: rules of the test's own, beside those of the template, that lead to a queue. Of the
 * bus of a deployment it brings all, of the default bus the changes of the alarms whose names begin with the deployment's.
 */
export class EventTap {
  readonly #apis: Apis;
  readonly #url: string;
  #hear: ((event: TappedEvent) => void) | undefined;
  #ended = false;
  #reading: Promise<void> = Promise.resolve();

  private constructor(apis: Apis, url: string) {
    this.#apis = apis;
    this.#url = url;
  }

  static async open(apis: Apis, prefix: string): Promise<EventTap> {
    const name = `${prefix}-tap`;
    const { QueueUrl } = queue.parse(await apis.sqs('CreateQueue', { QueueName: name }));
    const queueArn = `arn:aws:sqs:${apis.region}:${apis.account}:${name}`;
    const rules = [
      { Name: name, EventBusName: prefix, pattern: { source: ['sluice'] } },
      {
        Name: name,
        EventBusName: 'default',
        pattern: { source: ['aws.cloudwatch'], detail: { alarmName: [{ prefix: alarmsOf(prefix) }] } },
      },
    ];
    for (const { pattern, ...rule } of rules) {
      await apis.events('PutRule', { ...rule, EventPattern: JSON.stringify(pattern) });
      await apis.events('PutTargets', { Rule: rule.Name, EventBusName: rule.EventBusName, Targets: [{ Id: 'tap', Arn: queueArn }] });
    }
    const tap = new EventTap(apis, QueueUrl);
    tap.#reading = tap.#readOn();
    return tap;
  }

  /** Who is told from now on. What nobody hears is lost. */
  hear(listener: ((event: TappedEvent) => void) | undefined): void {
    this.#hear = listener;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#reading;
  }

  async #readOn(): Promise<void> {
    while (!this.#ended) {
      const answer = await this.#apis
        .sqs('ReceiveMessage', { QueueUrl: this.#url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 })
        .catch(() => ({ Messages: [] }));
      const messages = received.parse(answer).Messages ?? [];
      if (messages.length === 0) continue;
      for (const { Body } of messages) this.#hear?.(tapped.parse(JSON.parse(Body)));
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.#apis.sqs('DeleteMessageBatch', { QueueUrl: this.#url, Entries }).catch(() => undefined);
    }
  }
}

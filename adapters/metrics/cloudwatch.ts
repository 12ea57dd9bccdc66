import { DescribeAlarmsCommand, type DescribeAlarmsCommandInput, type DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { AlarmReading, AlarmSource, AlarmState } from '../../core/metric-ports.ts';
import type { Clock } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import { patientWaitMs, throttling } from '../aws/retry.ts';

export { CloudWatchClient } from '@aws-sdk/client-cloudwatch';

/** The part of CloudWatchClient that is used. */
export interface CloudWatchSender {
  send(command: DescribeAlarmsCommand): Promise<DescribeAlarmsCommandOutput>;
}

/** What one DescribeAlarms takes, as names and as answers. */
const namesPerCall = 100;

/** Its rate is about 9 calls a second for an account and region, which others need as well. */
export interface AlarmPace {
  readonly clock: Clock;
  readonly callsPerSecond: number;
  /** For how long a read that CloudWatch refuses for its rate is tried again. Without: not at all, since the next run comes in a minute. */
  readonly patienceSeconds?: number;
  /** From 0 to 1: those who were refused together come back apart. */
  readonly random?: () => number;
}

const states: Readonly<Record<string, AlarmState>> = { OK: 'ok', ALARM: 'alarm', INSUFFICIENT_DATA: 'insufficientData' };

/**
 * CloudWatch's alarms, metric and composite ones, asked by name: one call for each hundred, one after the other and no faster than the
 * pace, so that a sweep over many rollouts stays below the rate. Where CloudWatch refuses one for its rate all the same, and patience does not
 * help, the rest is not asked, and reads as unavailable: whoever wants to know asks again later. The role needs cloudwatch:DescribeAlarms; without it every alarm reads as
 * unavailable, and says so.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export function createCloudWatchAlarmSource(client: CloudWatchSender, pace?: AlarmPace): AlarmSource {
  return {
    async read(names) {
      const distinct = [...new Set(names)];
      const readings = new Map<string, AlarmReading>();
      const untilMs = pace === undefined ? 0 : pace.clock.now() + (pace.patienceSeconds ?? 0) * 1000;
      let throttled = false;
      for (let start = 0; start < distinct.length; start += namesPerCall) {
        const batch = distinct.slice(start, start + namesPerCall);
        if (start > 0 && !throttled && pace !== undefined) await pace.clock.sleep(1000 / pace.callsPerSecond);
        const answer: BatchAnswer = throttled
          ? { readings: batch.map(notAsked), throttled }
          : await patiently(() => readBatch(client, batch), pace, untilMs);
        for (const reading of answer.readings) readings.set(reading.name, reading);
        throttled = answer.throttled;
      }
      return names.map((name) => readings.get(name) ?? absent(name));
    },
  };
}

/** Tries again, as long as there is time, what was refused for the rate. */
async function patiently(read: () => Promise<BatchAnswer>, pace: AlarmPace | undefined, untilMs: number): Promise<BatchAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await read();
    if (!answer.throttled || pace === undefined) return answer;
    const { clock, random = Math.random } = pace;
    const waitMs = patientWaitMs(attempt, random());
    if (clock.now() + waitMs > untilMs) return answer;
    await clock.sleep(waitMs);
  }
}

interface BatchAnswer {
  readonly readings: readonly AlarmReading[];
  readonly throttled: boolean;
}

/** A hundred names are one page; what answers more of them is no CloudWatch. */
const mostPages = 10;

async function readBatch(client: CloudWatchSender, batch: readonly string[]): Promise<BatchAnswer> {
  const found: AlarmReading[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  try {
    do {
      pages += 1;
      if (pages > mostPages) throw new Error(`it had more than ${mostPages} pages for ${namesPerCall} names`);
      const input: DescribeAlarmsCommandInput = {
        AlarmNames: [...batch],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: namesPerCall,
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
      const page = await client.send(new DescribeAlarmsCommand(input));
      found.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].map(toReading));
      nextToken = page.NextToken;
    } while (nextToken !== undefined);
    return { readings: found, throttled: false };
  } catch (error) {
    const known = new Set(found.map((reading) => reading.name));
    const why = error instanceof Error ? `${error.name}, ${error.message}` : String(error);
    const reason = `CloudWatch did not answer DescribeAlarms: ${withoutCredentials(why)}`;
    const unknown = batch.filter((name) => !known.has(name));
    const unanswered = unknown.map((name) => ({ name, state: 'unavailable' as const, reason, sinceMs: undefined }));
    return { readings: [...found, ...unanswered], throttled: error instanceof Error && throttling.test(error.name) };
  }
}

function notAsked(name: string): AlarmReading {
  return { name, state: 'unavailable', reason: 'CloudWatch was asked no more, because it had too many requests', sinceMs: undefined };
}

/** The fields that metric and composite alarms share. */
interface DescribedAlarm {
  readonly AlarmName?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly StateReason?: string | undefined;
  /** When the state changed; the other one also moves when only the reason does. */
  readonly StateTransitionedTimestamp?: Date | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
}

/** CloudWatch's own have at most 1,023 characters. It goes into the record of the rollout, whose item has bounds. */
const longestReason = 1_023;

function toReading(alarm: DescribedAlarm): AlarmReading {
  const state = Object.hasOwn(states, alarm.StateValue ?? '') ? states[alarm.StateValue ?? ''] : undefined;
  const unknownState = `CloudWatch answered the state ${shorten(alarm.StateValue ?? 'none', 50)}, which Sluice does not know`;
  return {
    name: alarm.AlarmName ?? '',
    state: state ?? 'unavailable',
    reason: state === undefined ? unknownState : shorten(alarm.StateReason ?? '', longestReason),
    sinceMs: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime(),
  };
}

function absent(name: string): AlarmReading {
  return { name, state: 'missing', reason: `CloudWatch knows no alarm of the name ${name} in this account and region`, sinceMs: undefined };
}

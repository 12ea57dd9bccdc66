import type { RolloutStore } from '../../core/ports.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import type { SingleMetricAlarm } from '../../sandbox/cloudwatch/alarm-definition.ts';
import type { BusFault, EventBus } from '../../sandbox/eventbridge/event-bus.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Engine } from '../../sandbox/step-functions/engine.ts';
import type { Surroundings } from '../../sandbox/surroundings.ts';
import type { Mishaps } from './mishaps.ts';

/** What a story may ask for beyond what users, operators and the cluster can do. Not every tier can give it. */
export const needs = {
  /** Something goes wrong inside of Sluice: a Lambda that dies or stalls, a store that does not answer. */
  mishaps: 'a Lambda or the store fails at a moment that the story chooses',
  /** An alarm's event is kept back, and arrives behind others. */
  lateAlarmEvents: "an alarm's event arrives late",
  /** Seconds that only hold where time stands still while machines work. */
  exactTime: 'what happens is timed to the second',
} as const;
export type Need = keyof typeof needs;

/** A story asked its tier for what that cannot do; which of them do is stated by each scenario's `needs`. */
export class NotOnThisTier extends Error {
  override readonly name = 'NotOnThisTier';
}

/** What a story may do with AWS, and what it may look at. The cluster, its traffic and the registry are the sandbox's on every tier. */
export interface Setting extends Omit<Surroundings, 'bus' | 'close'> {
  /** Events: what was put, what befalls them. */
  readonly bus: Pick<EventBus, 'puts' | 'injectFault' | 'account' | 'region'>;
  readonly engine: Pick<Engine, 'executions' | 'untilEnded'>;
  readonly cloudWatch: {
    putMetricAlarm(alarm: SingleMetricAlarm): void | Promise<void>;
    setAlarmState(name: string, value: 'OK' | 'ALARM', reason: string): void | Promise<void>;
    /** A fault: what is asked is throttled. In process only. */
    down?: boolean;
  };
  readonly deps: { readonly store: RolloutStore };
  /** Every Lambda by its name, as a trigger would call it. */
  readonly functions: Readonly<Record<string, LambdaHandler>>;
}

/** What a scenario brings along. */
export interface Opening {
  readonly clock: SandboxClock;
  readonly services: SandboxOptions['services'];
  readonly mishaps: Mishaps;
  /** Told when a record says that a rollback began, where the tier can tell at once. */
  readonly onRollback: (rollout: string, fence: number) => void;
}

/** A tier with one scenario's services running on it. */
export interface OpenTier {
  readonly setting: Setting;
  /** The store as it is, whatever Sluice sees of it. */
  readonly store: RolloutStore;
  /** Starts an execution of the rollout machine as from the console. Returns its ARN. */
  start(input: unknown): Promise<string>;
  /** Stops an execution as from the console. */
  stop(arn: string): Promise<void>;
  /** The alarm of a service's canary, which fires when too many of its answers are 5xx. */
  putUsualAlarm(service: string): void | Promise<void>;
  /** The name that an alarm has on this tier, where several scenarios may share an account. */
  alarmName(name: string): string;
  /** A spec as it has to be on this tier: which cluster, which Prometheus, which alarms. */
  adapt(spec: RolloutSpecSource): RolloutSpecSource;
  /** The host name of a VirtualService, where it is not the usual one. */
  hostOf?(virtualService: string): string;
  /** The fence of the first rollout, less one. */
  readonly fenceBefore: number;
  /** Waits until what is looked at is as new as it can be. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Where stories are played: in process, or on an emulator of AWS. */
export interface Tier {
  readonly name: string;
  /** Why it cannot give what some stories need. */
  readonly lacks: Readonly<Partial<Record<Need, string>>>;
  /** Whether time stands still while machines work. Where it does not, seconds and bad answers are only bounded from below. */
  readonly exact: boolean;
  readonly lookEveryMs: number;
  readonly sweepEverySeconds: number;
  /** How long a story may wait for something. */
  readonly patienceSeconds: number;
  /** How many times as long what is to happen at once may take, where real machines are at work; 1 where left out. */
  readonly slackOfTime?: number;
  /** From the first request to the story, where that may be less than a scenario says: alarms have a state at once. */
  readonly settleSeconds?: number;
  open(opening: Opening): Promise<OpenTier>;
}

/** Why a scenario is not played on a tier; undefined where it is. */
export function whyNotOn(tier: Pick<Tier, 'lacks' | 'exact'>, { needs: asked = [], inProcessBecause }: Wanting): string | undefined {
  const lacking = asked.find((need) => tier.lacks[need] !== undefined);
  if (lacking !== undefined) return `${needs[lacking]}, and ${tier.lacks[lacking]}`;
  return inProcessBecause === undefined || tier.exact ? undefined : `in process only: ${inProcessBecause}`;
}

interface Wanting {
  readonly needs?: readonly Need[];
  readonly inProcessBecause?: string;
}

/** Whether a fault keeps an alarm's event back. */
export function isLateAlarm({ kind, pattern }: BusFault): boolean {
  return kind === 'delay' && JSON.stringify(pattern).includes('aws.cloudwatch');
}

import type { RollbackReason } from '../../core/rollout/record.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { ImageBehaviour } from '../../sandbox/fleet.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import type { ScenarioOutcome } from './run-scenario.ts';
import type { Stage } from './stage.ts';
import type { TailPart } from './tail.ts';
import type { Need } from './tier.ts';

/** How one rollout is to end. */
export interface ExpectedRollout {
  readonly rollout: string;
  /** The tag that was rolled out. */
  readonly tag: string;
  readonly phase: 'succeeded' | 'rolledBack' | 'failed';
  readonly reason?: RollbackReason;
  /** What may come first where time is real, and is as right. */
  readonly orReason?: RollbackReason;
  /** The canary's weights in the order in which the route took them, 0 at the end. */
  readonly weights: readonly number[];
  /** From its start to its end: at least and at most. */
  readonly seconds?: readonly [number, number];
}

export interface Expected {
  /** All rollouts that there are in the end, in the order in which they began. */
  readonly rollouts: readonly ExpectedRollout[];
  /** Failed answers to the load: at least and at most. */
  readonly badAnswers: readonly [number, number];
  /** What the scenario's own hand changed and did not put back: left out of what must be at the end as it was at the start. */
  readonly changedByOthers?: readonly TailPart[];
  /** The version that stable runs in the end, for each service that is not at its first. */
  readonly stable?: Readonly<Record<string, string>>;
  /** Starts that were refused or ignored: how their executions ended. */
  readonly executions?: Readonly<Record<'refused' | 'ignored', number>>;
}

/**
 * One story of a rollout, the same on every tier: what is there, what happens, and how it is to end. The promises T1, T3 and the sum
 * of the split are checked after every change of a route, in every scenario.
 */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Promises of design.md that it shows. */
  readonly promises: readonly string[];
  /** What its story asks for that not every tier can give. The stage notes what it asks for, and what is not stated is a difference. */
  readonly needs?: readonly Need[];
  /** Why it would show nothing more on a tier that takes its time: a clause that ends "in process only, because …". */
  readonly inProcessBecause?: string;
  readonly services?: SandboxOptions['services'];
  /** To each service. */
  readonly requestsPerSecond?: number;
  /** From the first request to the story; 12 where left out. Alarms are judged once a second, and one that was not has no data. */
  readonly settleSeconds?: number;
  /** How each version behaves from its start; a version that is not named is healthy. */
  readonly versions?: Readonly<Record<string, ImageBehaviour>>;
  /** Changes to the usual spec of a service, as in its file. */
  readonly spec?: Readonly<Record<string, (usual: RolloutSpecSource) => RolloutSpecSource>>;
  readonly story: (stage: Stage) => Promise<void>;
  readonly expected: Expected;
  /** What else must hold in the end. Returns what does not, as sentences. */
  readonly check?: (outcome: ScenarioOutcome, stage: Stage) => readonly string[] | Promise<readonly string[]>;
}

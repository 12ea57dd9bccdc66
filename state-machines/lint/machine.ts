import * as z from 'zod/mini';
import type { MachineName } from '../../core/ports.ts';

const retrier = z.looseObject({
  ErrorEquals: z.array(z.string()),
  MaxAttempts: z.optional(z.number()),
  IntervalSeconds: z.optional(z.number()),
  BackoffRate: z.optional(z.number()),
  MaxDelaySeconds: z.optional(z.number()),
  JitterStrategy: z.optional(z.string()),
});

const catcher = z.looseObject({ ErrorEquals: z.array(z.string()), ResultPath: z.optional(z.string()), Next: z.string() });

const state = z.looseObject({
  Type: z.string(),
  Comment: z.optional(z.string()),
  Next: z.optional(z.string()),
  Resource: z.optional(z.string()),
  Parameters: z.optional(z.record(z.string(), z.unknown())),
  TimeoutSeconds: z.optional(z.number()),
  HeartbeatSeconds: z.optional(z.number()),
  Retry: z.optional(z.array(retrier)),
  Catch: z.optional(z.array(catcher)),
  Choices: z.optional(z.array(z.looseObject({ Next: z.string() }))),
  Default: z.optional(z.string()),
  SecondsPath: z.optional(z.string()),
  ErrorPath: z.optional(z.string()),
  CausePath: z.optional(z.string()),
});
export type State = z.infer<typeof state>;

/** A state machine's file, as far as the checks look into it; asl-validator looks at the rest. */
export const definition = z.looseObject({
  Comment: z.optional(z.string()),
  StartAt: z.string(),
  TimeoutSeconds: z.optional(z.number()),
  States: z.record(z.string(), state),
});
export type Definition = z.infer<typeof definition>;

export interface Machine {
  readonly name: MachineName;
  readonly definition: Definition;
}

/** What is wrong, and where: the state's name, or empty for the machine as a whole. */
export interface Problem {
  readonly state: string;
  readonly what: string;
}

export function tasksOf(machine: Machine): [name: string, state: State][] {
  return Object.entries(machine.definition.States).filter(([, { Type }]) => Type === 'Task');
}

/** @example formatProblem('rollout', { state: 'Bake', what: 'has no Next' }) // 'state-machines/rollout.asl.json: Bake has no Next' */
export function formatProblem(machine: MachineName, { state, what }: Problem): string {
  return `state-machines/${machine}.asl.json: ${state === '' ? '' : `${state} `}${what}`;
}

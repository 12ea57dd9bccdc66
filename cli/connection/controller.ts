import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import { History } from '../../adapters/store/history.ts';
import { AwsUnavailableError, RolloutRefusedError } from '../../core/errors.ts';
import type { Clock, RolloutStore } from '../../core/ports.ts';
import { applied, type Connection, type ExecutionState, operated } from './connection.ts';
import { readStatus } from './summarise.ts';
import { untilAnswered } from './until-answered.ts';

/** The few things that differ between AWS and the sandbox. */
export interface Controller {
  readonly where: string;
  readonly clock: Clock;
  readonly store: RolloutStore;
  /** Who is recorded as the one who asked. */
  readonly by: string;
  /** Calls a function by its name, such as `ApplySpec`. Throws the SluiceError that it ended with. */
  invoke(name: 'ApplySpec' | 'Operate' | 'Abort', input: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Starts the rollout machine; undefined where an execution of that name exists. */
  startExecution(name: string, input: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  describeExecution(executionArn: string): Promise<ExecutionState>;
}

/** The connection to a controller whose functions, machines and store can be reached. */
export function connectTo(controller: Controller): Connection {
  const { by, clock, store } = controller;
  return {
    where: controller.where,
    clock,
    apply: async (request) => parseAnswer(applied, 'ApplySpec', await controller.invoke('ApplySpec', request)),
    async start({ rollout, image, force }) {
      // A name of its own for each start: Step Functions takes a used one for the same start.
      const name = `${rollout}-${randomUUID()}`;
      const executionArn = await controller.startExecution(name, {
        rollout,
        image,
        actor: { kind: 'person', id: by },
        ...(force === undefined ? {} : { force: { by, why: force } }),
      });
      if (executionArn === undefined) {
        throw new RolloutRefusedError(`An execution named ${name} exists already.`, { remedy: 'Start it again.' });
      }
      return { executionArn };
    },
    execution: (executionArn) => controller.describeExecution(executionArn),
    status: (rollout) => readStatus(store, clock, rollout),
    history: (rolloutId) => new History(store).list(rolloutId),
    operate: async (request) => parseAnswer(operated, 'Operate', await controller.invoke('Operate', { ...request, by })),
    abort: async (request) =>
      parseAnswer(operated, 'Abort', await untilAnswered(clock, () => controller.invoke('Abort', { ...request, by }))),
  };
}

function parseAnswer<Schema extends z.ZodMiniType>(schema: Schema, name: string, answer: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new AwsUnavailableError(`The function ${name} answered what this command does not understand.`, {
    remedy: 'Use the command of the same version as the controller that is deployed.',
    cause: parsed.error,
  });
}

import { readFileSync } from 'node:fs';
import { ExecutionAbortedError, ExecutionTimeoutError, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { executionArnOf } from '../../adapters/executions/step-functions.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { Executions, MachineName } from '../../core/ports.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import type { SandboxClock } from '../clock.ts';
import type { EventBus } from '../eventbridge/event-bus.ts';
import { onClockTime, outsideEngine } from './clock-timers.ts';
import { asLambdaError, type SandboxExecution } from './execution.ts';
import { statusChangeEvent } from './status-change-event.ts';

export interface EngineOptions {
  readonly clock: SandboxClock;
  readonly bus: EventBus;
  /** By the name of the state that each serves. */
  readonly handlers: Readonly<Record<string, LambdaHandler>>;
  /** Hears of each state that an execution enters. */
  readonly onState?: (execution: SandboxExecution, state: string) => void;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Running {
  readonly execution: Mutable<SandboxExecution>;
  readonly abort: () => void;
  readonly ended: Promise<void>;
}

/** Step Functions: the very ASL files, interpreted by aws-local-stepfunctions on the sandbox's clock, with the real handlers. */
export class Engine implements Executions {
  readonly #options: EngineOptions;
  #machines: Readonly<Record<MachineName, StateMachine>>;
  #handlers: EngineOptions['handlers'];
  readonly #running = new Map<string, Running>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#handlers = options.handlers;
    this.#machines = { rollout: readMachine('rollout'), rollback: readMachine('rollback') };
  }

  /** All executions so far, oldest first. */
  get executions(): readonly SandboxExecution[] {
    return [...this.#running.values()].map(({ execution }) => execution);
  }

  machineArnOf(machine: MachineName): string {
    const { region, account } = this.#options.bus;
    return `arn:aws:states:${region}:${account}:stateMachine:sluice-${machine}`;
  }

  arnOf(machine: MachineName, name: string): string {
    return executionArnOf(this.machineArnOf(machine), name);
  }

  /**
   * As a deployment does: from now on executions start by these definitions and with these handlers. Those that run keep the definition
   * and the handlers that they began with, as on AWS, where a definition names functions by their published versions (O6).
   */
  deploy(definitions: Partial<Record<MachineName, StateMachineDefinition>>, handlers: EngineOptions['handlers']): void {
    const { rollout, rollback } = definitions;
    this.#machines = {
      rollout: rollout === undefined ? readMachine('rollout') : machineOf(rollout),
      rollback: rollback === undefined ? readMachine('rollback') : machineOf(rollback),
    };
    this.#handlers = { ...handlers };
  }

  async start(machine: MachineName, name: string, input: unknown): Promise<'started' | 'exists'> {
    const arn = this.arnOf(machine, name);
    if (this.#running.has(arn)) return 'exists';
    const execution: Mutable<SandboxExecution> = {
      arn,
      name,
      machine,
      input,
      startedAtMs: this.#options.clock.now(),
      states: [],
      status: 'running',
    };
    const run = onClockTime(this.#options.clock, arn, () =>
      this.#machines[machine].run(structuredClone(input) as never, {
        overrides: { taskResourceLocalHandlers: this.#tasks() },
        context: {
          Execution: { Id: arn, Name: name, StartTime: new Date(execution.startedAtMs).toISOString() },
        } as never,
      }),
    );
    void this.#follow(execution, run.eventLogs);
    this.#running.set(arn, { execution, abort: run.abort, ended: this.#settle(execution, run.result) });
    this.#announce(execution);
    return 'started';
  }

  async describe(query: Parameters<Executions['describe']>[0]): ReturnType<Executions['describe']> {
    const arn = 'arn' in query ? query.arn : this.arnOf(query.machine, query.name);
    return { status: this.#running.get(arn)?.execution.status ?? 'unknown' };
  }

  /** As StopExecution: the machine ends at once; a handler that is at work works on, as a Lambda does. */
  async stop(arn: string, reason: string): Promise<void> {
    const running = this.#running.get(arn);
    if (running === undefined || running.execution.status !== 'running') return;
    running.execution.cause = reason;
    running.abort();
    await running.ended;
  }

  /** Resolves when the execution has ended. @throws NotFoundError */
  async untilEnded(arn: string): Promise<SandboxExecution> {
    const running = this.#running.get(arn);
    if (running === undefined) throw new NotFoundError(`There is no execution ${arn}.`, { remedy: 'Start it first.' });
    await running.ended;
    return running.execution;
  }

  #tasks(): Record<string, (input: unknown) => Promise<never>> {
    const entries = Object.entries(this.#handlers).map(([state, handler]) => {
      const invoke = async (input: unknown): Promise<never> => {
        try {
          const output = await outsideEngine(() => handler(structuredClone(input)));
          return JSON.parse(JSON.stringify(output ?? null)) as never;
        } catch (error) {
          throw asLambdaError(error);
        }
      };
      return [state, invoke] as const;
    });
    return Object.fromEntries(entries);
  }

  async #follow(execution: Mutable<SandboxExecution>, events: AsyncIterable<{ type: string }>): Promise<void> {
    for await (const event of events) {
      if (event.type !== 'StateEntered') continue;
      const { state } = event as unknown as { state: { name: string; type: string } };
      execution.states = [...execution.states, { atMs: this.#options.clock.now(), state: state.name, type: state.type }];
      this.#options.onState?.(execution, state.name);
    }
  }

  async #settle(execution: Mutable<SandboxExecution>, result: Promise<unknown>): Promise<void> {
    try {
      execution.output = await result;
      execution.status = 'succeeded';
    } catch (error) {
      execution.status =
        error instanceof ExecutionAbortedError ? 'stopped' : error instanceof ExecutionTimeoutError ? 'timedOut' : 'failed';
      if (error instanceof Error && execution.status === 'failed') {
        const cause = error.cause instanceof Error ? error.cause : error;
        execution.error = cause.name;
        execution.cause = cause.message;
      }
    }
    execution.endedAtMs = this.#options.clock.now();
    this.#announce(execution);
  }

  #announce(execution: SandboxExecution): void {
    this.#options.bus.putEvents([statusChangeEvent(execution, this.machineArnOf(execution.machine))]);
  }
}

/** By their text. A machine keeps nothing of an execution, and to validate it takes longer than many a rollout on a virtual clock. */
const machinesRead = new Map<string, StateMachine>();

function readMachine(machine: MachineName): StateMachine {
  const text = readFileSync(new URL(`../../state-machines/${machine}.asl.json`, import.meta.url), 'utf8');
  const known = machinesRead.get(text) ?? machineOf(JSON.parse(text) as StateMachineDefinition);
  machinesRead.set(text, known);
  return known;
}

function machineOf(definition: StateMachineDefinition): StateMachine {
  return new StateMachine(definition, { validationOptions: { checkArn: true, checkPaths: true } });
}

import * as z from 'zod/mini';
import { NotFoundError } from '../../../core/errors.ts';
import type { MachineName } from '../../../core/ports.ts';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import type { SandboxExecution } from '../../../sandbox/step-functions/execution.ts';
import type { Apis } from './apis.ts';

const listed = z.object({
  executions: z.array(z.object({ executionArn: z.string(), name: z.string(), status: z.string(), startDate: z.number() })),
});
const described = z.object({
  input: z.string(),
  output: z.nullish(z.string()),
  error: z.nullish(z.string()),
  cause: z.nullish(z.string()),
  stopDate: z.nullish(z.number()),
});
const history = z.object({
  events: z.array(
    z.object({ type: z.string(), timestamp: z.number(), stateEnteredEventDetails: z.nullish(z.object({ name: z.string() })) }),
  ),
});

const statuses: Readonly<Record<string, SandboxExecution['status']>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'stopped',
};

const lookEveryMs = 400;

export interface WatchOptions {
  readonly apis: Apis;
  readonly prefix: string;
  readonly clock: SandboxClock;
  /** Executions of an earlier scenario, and those that a neighbour's push started, are not of this one. */
  readonly isOurs: (input: unknown) => boolean;
}

/** The executions of a deployment since the scenario began, as ListExecutions and GetExecutionHistory tell them, read again and again. */
export class WatchedExecutions {
  readonly #options: WatchOptions;
  readonly #sinceMs: number;
  readonly #known = new Map<string, SandboxExecution>();
  #reading: Promise<void> | undefined;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.now();
    void this.#watch();
  }

  /** As far as they were read, oldest first. */
  get executions(): readonly SandboxExecution[] {
    const ours = [...this.#known.values()].filter(({ input }) => this.#options.isOurs(input));
    return ours.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  }

  /** Resolves when an execution has ended. */
  async untilEnded(arn: string): Promise<SandboxExecution> {
    for (;;) {
      await this.refresh();
      const found = this.#known.get(arn);
      if (found === undefined) throw new NotFoundError(`There is no execution ${arn}.`, { remedy: 'Start it first.' });
      if (found.status !== 'running') return found;
      await this.#options.clock.sleep(lookEveryMs);
    }
  }

  /** Resolves when all is as new as when this was called. */
  async refresh(): Promise<void> {
    await this.#reading;
    await this.#read();
  }

  end(): void {
    this.#ended = true;
  }

  async #watch(): Promise<void> {
    while (!this.#ended) {
      await this.#read().catch(() => undefined);
      await this.#options.clock.sleep(lookEveryMs);
    }
  }

  #read(): Promise<void> {
    this.#reading ??= Promise.all([this.#readMachine('rollout'), this.#readMachine('rollback')])
      .then(() => undefined)
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async #readMachine(machine: MachineName): Promise<void> {
    const { apis, prefix } = this.#options;
    const stateMachineArn = machineArn(apis, prefix, machine);
    const { executions } = listed.parse(await apis.states('ListExecutions', { stateMachineArn, maxResults: 200 }));
    const news = executions.filter(({ executionArn, startDate }) => {
      const known = this.#known.get(executionArn);
      return startDate * 1000 >= this.#sinceMs && (known === undefined || known.status === 'running');
    });
    await Promise.all(news.map((each) => this.#readOne(machine, each)));
  }

  async #readOne(
    machine: MachineName,
    { executionArn, name, startDate, status: said }: z.infer<typeof listed>['executions'][number],
  ): Promise<void> {
    const { states: call } = this.#options.apis;
    const status = statuses[said] ?? 'running';
    const known = this.#known.get(executionArn);
    if (known !== undefined && !this.#options.isOurs(known.input)) return;
    const about =
      known === undefined || status !== 'running' ? described.parse(await call('DescribeExecution', { executionArn })) : undefined;
    const { events } = history.parse(await call('GetExecutionHistory', { executionArn, maxResults: 1000, includeExecutionData: false }));
    const states = events.flatMap(({ type, timestamp, stateEnteredEventDetails }) =>
      type.endsWith('StateEntered') && stateEnteredEventDetails
        ? [{ atMs: timestamp * 1000, state: stateEnteredEventDetails.name, type: type.slice(0, -'StateEntered'.length) }]
        : [],
    );
    this.#known.set(executionArn, {
      arn: executionArn,
      name,
      machine,
      input: about === undefined ? known?.input : JSON.parse(about.input),
      startedAtMs: startDate * 1000,
      states,
      status,
      ...(about?.stopDate ? { endedAtMs: about.stopDate * 1000 } : {}),
      ...(about?.output ? { output: JSON.parse(about.output) } : {}),
      ...(about?.error ? { error: about.error } : {}),
      ...(about?.cause ? { cause: about.cause } : {}),
    });
  }
}

export function machineArn({ region, account }: Pick<Apis, 'region' | 'account'>, prefix: string, machine: MachineName): string {
  return `arn:aws:states:${region}:${account}:stateMachine:${prefix}-${machine}`;
}

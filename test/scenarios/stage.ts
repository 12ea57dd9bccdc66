import { History } from '../../adapters/store/history.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { RolloutStore } from '../../core/ports.ts';
import type { HistoryEntry, Phase, RolloutRecord } from '../../core/rollout/record.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import type { LoadResult, RunningLoad } from '../../sandbox/traffic/load.ts';
import type { Mishaps } from './mishaps.ts';
import type { Witness } from './witness.ts';

/** How long a story may wait for something, in the sandbox's time. */
const patienceSeconds = 1800;
const lookEveryMs = 50;

/** What a story has at hand: the means of users, operators and mishaps, and ways to wait for a moment. */
export class Stage {
  readonly sandbox: Sandbox;
  /** One for each service, by its name. */
  readonly loads: ReadonlyMap<string, RunningLoad>;
  readonly witness: Witness;
  readonly mishaps: Mishaps;
  /** Every answer to the load so far. */
  readonly answers: readonly LoadResult[];
  readonly #store: RolloutStore;
  readonly #rollouts: Rollouts;
  #starts = 0;

  /** `store` is the one that never fails: what the stage looks at is there whatever Sluice sees. */
  constructor(parts: Pick<Stage, 'sandbox' | 'loads' | 'witness' | 'mishaps' | 'answers'> & { readonly store: RolloutStore }) {
    this.sandbox = parts.sandbox;
    this.loads = parts.loads;
    this.witness = parts.witness;
    this.mishaps = parts.mishaps;
    this.answers = parts.answers;
    this.#store = parts.store;
    this.#rollouts = new Rollouts(parts.store, parts.sandbox.clock);
  }

  /** The load on one service. @throws Error where there is no such service */
  loadOf(service = 'checkout'): RunningLoad {
    const load = this.loads.get(service);
    if (load === undefined) throw new Error(`there is no load on ${service}`);
    return load;
  }

  /** Does something as somebody else with kubectl would; what a route says then is not Sluice's doing. */
  outside<T>(act: (kubernetes: Sandbox['kubernetes']) => T): T {
    this.witness.outsiderAtWork = true;
    try {
      return act(this.sandbox.kubernetes);
    } finally {
      this.witness.outsiderAtWork = false;
    }
  }

  /** Pushes an image of a service under a tag; ECR's event does the rest. */
  push(tag: string, service = 'checkout'): string {
    return this.sandbox.ecr.push({ repository: this.sandbox.repositoryOf(service), tag }).digest;
  }

  /** Starts an execution as from the console. Returns its ARN. */
  async console(input: unknown): Promise<string> {
    this.#starts += 1;
    const name = `console-${this.#starts}`;
    await this.sandbox.engine.start('rollout', name, input);
    return this.sandbox.engine.arnOf('rollout', name);
  }

  /** Stops an execution as from the console. */
  async stop(execution: SandboxExecution): Promise<void> {
    await this.sandbox.engine.stop(execution.arn, 'Stopped in the console.');
  }

  /** Calls a Lambda as its trigger would. */
  async call(name: string, event: unknown): Promise<unknown> {
    const handler = this.sandbox.functions[name];
    if (handler === undefined) throw new Error(`there is no function ${name}`);
    return handler(event);
  }

  sleep(seconds: number): Promise<void> {
    return this.sandbox.clock.sleep(seconds * 1000);
  }

  /** Waits until something holds. @throws Error after so many seconds of the sandbox's time: half an hour where left out. */
  async until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, seconds = patienceSeconds): Promise<T> {
    const endMs = this.sandbox.clock.now() + seconds * 1000;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (this.sandbox.clock.now() > endMs) throw new Error(`the story waited in vain for ${what}`);
      await this.sandbox.clock.sleep(lookEveryMs);
    }
  }

  /** Waits until an execution of the rollout machine has entered a state, for the `nth` time. */
  untilState(state: string, nth = 1, machine: SandboxExecution['machine'] = 'rollout'): Promise<SandboxExecution> {
    return this.until(`${state} (${nth})`, () =>
      this.sandbox.engine.executions.find(
        (execution) => execution.machine === machine && execution.states.filter((entered) => entered.state === state).length >= nth,
      ),
    );
  }

  /** Waits until the route gives the canary that weight. */
  untilWeight(weight: number, service = 'checkout', seconds = patienceSeconds): Promise<unknown> {
    const latest = () => this.witness.changes.findLast((change) => change.service === service);
    return this.until(`weight ${weight}`, () => latest()?.canary === weight, seconds);
  }

  /** Waits until the newest rollout of a service is in a phase. */
  untilPhase(phase: Phase, service = 'checkout', seconds = patienceSeconds): Promise<unknown> {
    return this.until(`phase ${phase}`, async () => (await this.records(service)).at(-1)?.phase === phase, seconds);
  }

  /** Waits until every rollout has ended and no execution runs. */
  async untilQuiet(): Promise<void> {
    await this.until('quiet', async () => {
      const running = this.sandbox.engine.executions.some(({ status }) => status === 'running');
      const held = (await this.#rollouts.active()).filter(({ rolloutId }) => rolloutId !== '');
      const records = await Promise.all(held.map((lock) => this.#rollouts.load(lock.rollout, lock.rolloutId)));
      return !running && records.every(({ record }) => record.phase === 'failed');
    });
  }

  records(service: string): Promise<RolloutRecord[]> {
    return this.#rollouts.list(service);
  }

  history(rolloutId: string): Promise<HistoryEntry[]> {
    return new History(this.#store).list(rolloutId);
  }
}

import { History } from '../../adapters/store/history.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { HistoryEntry, Phase, RolloutRecord } from '../../core/rollout/record.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import type { LoadResult, RunningLoad } from '../../sandbox/traffic/load.ts';
import type { Mishaps } from './mishaps.ts';
import { isLateAlarm, type Need, NotOnThisTier, needs, type OpenTier, type Setting, type Tier } from './tier.ts';
import { specText } from './usual.ts';
import { type Address, Visitor, type VisitorHabits } from './visitor.ts';
import type { Witness } from './witness.ts';

/** Who waits for less than this for something means that it happens at once. */
const atOnceSeconds = 5;
const sweepTakesSeconds = 10;

export interface StageParts {
  readonly addressOf: (service: string) => Address;
  readonly tier: Tier;
  readonly open: OpenTier;
  readonly loads: ReadonlyMap<string, RunningLoad>;
  readonly witness: Witness;
  readonly mishaps: Mishaps;
  readonly answers: readonly LoadResult[];
}

/** What a story has at hand: the means of users, operators and mishaps, and ways to wait for a moment. */
export class Stage {
  /** The cluster, the registry, events, alarms, executions: in process, or the tier's. */
  readonly sandbox: Setting;
  readonly tier: Tier;
  /** One for each service, by its name. */
  readonly loads: ReadonlyMap<string, RunningLoad>;
  readonly witness: Witness;
  /** Every answer to the load so far. */
  readonly answers: readonly LoadResult[];
  readonly addressOf: (service: string) => Address;
  /** Whom the story has sent besides the load, in the order in which they came. */
  readonly visitors: Visitor[] = [];
  /** What the story has asked for that not every tier can give. */
  readonly asked = new Set<Need>();
  readonly #mishaps: Mishaps;
  readonly #open: OpenTier;
  readonly #rollouts: Rollouts;

  constructor({ tier, open, loads, witness, mishaps, answers, addressOf }: StageParts) {
    const { bus } = open.setting;
    this.tier = tier;
    this.sandbox = {
      ...open.setting,
      bus: {
        account: bus.account,
        region: bus.region,
        get puts() {
          return bus.puts;
        },
        injectFault: (fault) => {
          if (isLateAlarm(fault)) this.#ask('lateAlarmEvents');
          bus.injectFault(fault);
        },
      },
    };
    this.loads = loads;
    this.witness = witness;
    this.answers = answers;
    this.addressOf = addressOf;
    this.#mishaps = mishaps;
    this.#open = open;
    this.#rollouts = new Rollouts(open.store, open.setting.clock);
  }

  /** @throws NotOnThisTier where nothing can go wrong on purpose inside of Sluice. */
  get mishaps(): Mishaps {
    this.#ask('mishaps');
    return this.#mishaps;
  }

  /** The load on one service. @throws Error where there is no such service */
  loadOf(service = 'checkout'): RunningLoad {
    const load = this.loads.get(service);
    if (load === undefined) throw new Error(`there is no load on ${service}`);
    return load;
  }

  /** A user who is not like all the others comes to a service, again and again until the end. */
  visit(service: string, habits: VisitorHabits = {}): void {
    this.visitors.push(new Visitor(this.sandbox.clock, this.addressOf(service), habits));
  }

  /** Does something as somebody else with kubectl would; what a route says then is not Sluice's doing. */
  outside<T>(act: (kubernetes: Setting['kubernetes']) => T): T {
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
  console(input: unknown): Promise<string> {
    return this.#open.start(input);
  }

  /** Stops an execution as from the console. */
  async stop(execution: SandboxExecution): Promise<void> {
    await this.#open.stop(execution.arn);
  }

  /** Applies a spec of a service, as `sluice apply` does. */
  async apply(service: string, spec: RolloutSpecSource): Promise<void> {
    await this.call('ApplySpec', { file: `${service}.yaml`, text: specText(this.#open.adapt(spec)) });
  }

  /** The name that an alarm of a spec has here. */
  alarmName(name: string): string {
    return this.#open.alarmName(name);
  }

  /** The fence that the door or the rollout has in this scenario: 1 is the first rollout's. */
  fence(nth: number): number {
    return this.#open.fenceBefore + nth;
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

  /** Waits until the sweep has surely come round so many times. */
  sweeps(times: number): Promise<void> {
    return this.sleep(times * this.tier.sweepEverySeconds + sweepTakesSeconds);
  }

  /** Waits until something holds. @throws Error after so many seconds: the tier's patience where left out. */
  async until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, seconds?: number): Promise<T> {
    if (seconds !== undefined && seconds <= atOnceSeconds) this.#ask('exactTime');
    const { patienceSeconds, slackOfTime = 1 } = this.tier;
    const endMs = this.sandbox.clock.now() + (seconds === undefined ? patienceSeconds : seconds * slackOfTime) * 1000;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (this.sandbox.clock.now() > endMs) throw new Error(`the story waited in vain for ${what}: ${await this.#standing()}`);
      await this.sandbox.clock.sleep(this.tier.lookEveryMs);
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
  untilWeight(weight: number, service = 'checkout', seconds?: number): Promise<unknown> {
    const latest = () => this.witness.changes.findLast((change) => change.service === service);
    return this.until(`weight ${weight}`, () => latest()?.canary === weight, seconds);
  }

  /** Waits until the newest rollout of a service is in a phase. */
  untilPhase(phase: Phase, service = 'checkout', seconds?: number): Promise<unknown> {
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
    return new History(this.#open.store).list(rolloutId);
  }

  /** How things stand, for whoever reads why a story did not go on. */
  async #standing(): Promise<string> {
    const records = (await Promise.all([...this.loads.keys()].map((service) => this.records(service)))).flat();
    const rollouts = records.map(({ rolloutId, phase, reason = '' }) => `${rolloutId} is ${phase} ${reason}`);
    const executions = this.sandbox.engine.executions.map(
      ({ machine, status, states, cause = '' }) => `a ${machine} ${status} in ${states.at(-1)?.state} ${cause}`,
    );
    return [...rollouts, ...executions].join('; ');
  }

  #ask(need: Need): void {
    const why = this.tier.lacks[need];
    if (why !== undefined) throw new NotOnThisTier(`the story needs that ${needs[need]}: ${why}`);
    this.asked.add(need);
  }
}

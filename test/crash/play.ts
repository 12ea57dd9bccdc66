import { listSpread } from '../../adapters/store/spread-partitions.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { type LoadResult, type RunningLoad, startLoad } from '../../sandbox/traffic/load.ts';
import { addressOf } from '../scenarios/address-of.ts';
import { Mishaps } from '../scenarios/mishaps.ts';
import { Stage } from '../scenarios/stage.ts';
import { leftBehind, type Tail, tailOf } from '../scenarios/tail.ts';
import { usualServices, usualSpec } from '../scenarios/usual.ts';
import { Witness } from '../scenarios/witness.ts';
import { seeToFailed } from './after-outage.ts';
import type { BaseRun } from './base-run.ts';
import { Interposer, type Plan } from './interposer.ts';
import { Watcher } from './watcher.ts';
import { virtualWorld, type World } from './world/world.ts';

/** A run as it came to its end, for the judge to look at. */
export interface Played {
  readonly base: BaseRun;
  readonly stage: Stage;
  readonly sandbox: Sandbox;
  readonly interposer: Interposer;
  readonly witness: Witness;
  readonly watcher: Watcher;
  readonly services: SandboxOptions['services'];
  readonly before: Tail;
  readonly records: readonly RolloutRecord[];
  /** When the last route was written and the last execution ended, before anything late arrived; undefined where it never came to rest. */
  readonly restAtMs: number | undefined;
  readonly startedAtMs: number;
}

/** Plays one base run with what the plan lets befall it, until all is quiet and whatever was late has arrived, and judges it. */
export async function play<T>(
  base: BaseRun,
  plan: Plan | undefined,
  judge: (played: Played) => T | Promise<T>,
  world: World = virtualWorld,
): Promise<T> {
  const clock = world.clock();
  const interposer = new Interposer(plan, world.lateness);
  const services = base.services ?? usualServices;
  const namespaces = new Map(services.map(({ name, namespace }) => [name, namespace]));
  let sandbox: Sandbox | undefined;
  let witness: Witness | undefined;
  const tier = world.tier(interposer, (started) => {
    sandbox = started;
  });
  const mishaps = new Mishaps();
  const loads = new Map<string, RunningLoad>();
  const answers: LoadResult[] = [];
  const open = await tier.open({ clock, services, mishaps, onRollback: (rollout, fence) => witness?.rollbackRecorded(rollout, fence) });
  try {
    if (sandbox === undefined) throw new Error('the sandbox has not started');
    witness = new Witness(sandbox, namespaces);
    const watcher = new Watcher(sandbox, namespaces);
    const stage = new Stage({ tier, open, loads, witness, mishaps, answers, addressOf: (service) => addressOf(open, services, service) });
    const story = await base.prepare(stage, sandbox, watcher);
    for (const { name, ...service } of services) {
      await stage.apply(name, story.spec(usualSpec({ name, ...service }, sandbox.repositoryOf(name)), name));
    }
    const before = tailOf(sandbox);
    const { requestsPerSecond } = world;
    for (const { name } of requestsPerSecond > 0 ? services : []) {
      const onResult = (result: LoadResult) => void answers.push(result);
      loads.set(name, startLoad({ clock, ...stage.addressOf(name), requestsPerSecond, onResult }));
    }
    await stage.sleep(1);
    interposer.on = true;
    const startedAtMs = clock.now();
    await story.tell();
    const givesUpMs = world.givesUpSeconds * 1000;
    let isQuiet = await untilQuiet(sandbox, clock.now() + givesUpMs);
    if (interposer.clusterAwayUntilMs > 0) {
      await clock.sleep(Math.max(0, interposer.clusterAwayUntilMs - clock.now()));
      await seeToFailed({ stage, services });
      isQuiet = await untilQuiet(sandbox, clock.now() + givesUpMs);
    }
    const ends = sandbox.engine.executions.map(({ endedAtMs = 0 }) => endedAtMs);
    const restAtMs = isQuiet ? Math.max(watcher.lastChangeMs, ...ends) : undefined;
    const late = interposer.befallen.filter(({ fault }) => fault.startsWith('late'));
    if (late.length > 0) {
      const arrivedMs = Math.max(...late.map(({ met }) => met.atMs)) + world.lateness.lateMs;
      const [atLeast, atMost] = world.looksBackSeconds;
      await clock.sleep(Math.max(0, arrivedMs + atLeast * 1000 - clock.now()));
      const isLeft = () => leftBehind(open.setting, services, before, base.changedByOthers ?? []).length > 0;
      while (clock.now() < arrivedMs + atMost * 1000 && isLeft()) await clock.sleep(1000);
      await untilQuiet(sandbox, clock.now() + givesUpMs);
    }
    await open.settle();
    const records = (await Promise.all(services.map(({ name }) => stage.records(name)))).flat();
    for (const { rollout, fence, rollbackReason } of records) if (rollbackReason !== undefined) witness.rollbackRecorded(rollout, fence);
    return await judge({ base, stage, sandbox, interposer, witness, watcher, services, before, records, restAtMs, startedAtMs });
  } finally {
    for (const load of loads.values()) load.stop();
    await open.close();
  }
}

/** When no execution runs, all is told, and no service is held any more but by a rollback that a person has to look at. */
async function untilQuiet(sandbox: Sandbox, untilMs: number): Promise<boolean> {
  const { clock, engine } = sandbox;
  while (clock.now() < untilMs) {
    const running = engine.executions.some(({ status }) => status === 'running');
    if (!running && (await isFree(sandbox))) return true;
    await clock.sleep(1000);
  }
  return false;
}

async function isFree({ deps: { store } }: Sandbox): Promise<boolean> {
  if ((await listSpread(store, 'untold')).length > 0) return false;
  for (const { value } of await listSpread(store, 'locks')) {
    if (value['rolloutId'] === '') continue;
    const record = await store.read({ partition: `rollouts#${value['rollout']}`, sort: String(value['rolloutId']) });
    if (record?.value['phase'] !== 'failed') return false;
  }
  return true;
}

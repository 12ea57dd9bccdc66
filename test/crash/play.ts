import type { RolloutRecord } from '../../core/rollout/record.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { Mishaps } from '../scenarios/mishaps.ts';
import { Stage } from '../scenarios/stage.ts';
import { type Tail, tailOf } from '../scenarios/tail.ts';
import { usualServices, usualSpec } from '../scenarios/usual.ts';
import { Witness } from '../scenarios/witness.ts';
import type { BaseRun } from './base-run.ts';
import { lateMs } from './faults.ts';
import { Interposer, type Plan } from './interposer.ts';
import { Watcher } from './watcher.ts';
import { crashTier } from './world/crash-tier.ts';

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

/** Long after any promise is broken. */
const givesUpSeconds = 1500;

/** Plays one base run with what the plan lets befall it, until all is quiet and whatever was late has arrived, and judges it. */
export async function play<T>(base: BaseRun, plan: Plan | undefined, judge: (played: Played) => T | Promise<T>): Promise<T> {
  const clock = new VirtualClock();
  const interposer = new Interposer(plan);
  const services = base.services ?? usualServices;
  const namespaces = new Map(services.map(({ name, namespace }) => [name, namespace]));
  let sandbox: Sandbox | undefined;
  let witness: Witness | undefined;
  const tier = crashTier(interposer, (started) => {
    sandbox = started;
  });
  const mishaps = new Mishaps();
  const open = await tier.open({ clock, services, mishaps, onRollback: (rollout, fence) => witness?.rollbackRecorded(rollout, fence) });
  try {
    if (sandbox === undefined) throw new Error('the sandbox has not started');
    witness = new Witness(sandbox, namespaces);
    const watcher = new Watcher(sandbox, namespaces);
    const addressOf = () => ({ url: '', host: '' });
    const stage = new Stage({ tier, open, loads: new Map(), witness, mishaps, answers: [], addressOf });
    const story = await base.prepare(stage, sandbox, watcher);
    for (const { name, ...service } of services) {
      await stage.apply(name, story.spec(usualSpec({ name, ...service }, sandbox.repositoryOf(name)), name));
    }
    const before = tailOf(sandbox);
    await stage.sleep(1);
    interposer.on = true;
    const startedAtMs = clock.now();
    await story.tell();
    const isQuiet = await untilQuiet(sandbox, clock.now() + givesUpSeconds * 1000);
    const ends = sandbox.engine.executions.map(({ endedAtMs = 0 }) => endedAtMs);
    const restAtMs = isQuiet ? Math.max(watcher.lastChangeMs, ...ends) : undefined;
    const lastMs = Math.max(0, ...interposer.befallen.map(({ met, fault }) => met.atMs + (fault.startsWith('late') ? lateMs : 0)));
    const hasLate = interposer.befallen.some(({ fault }) => fault.startsWith('late'));
    // Long enough for the sweep to come round twice behind what was late.
    if (hasLate) await clock.sleep(Math.max(0, lastMs + 130_000 - clock.now()));
    if (hasLate) await untilQuiet(sandbox, clock.now() + givesUpSeconds * 1000);
    const records = (await Promise.all(services.map(({ name }) => stage.records(name)))).flat();
    for (const { rollout, fence, rollbackReason } of records) if (rollbackReason !== undefined) witness.rollbackRecorded(rollout, fence);
    return await judge({ base, stage, sandbox, interposer, witness, watcher, services, before, records, restAtMs, startedAtMs });
  } finally {
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
  if ((await store.list('untold')).length > 0) return false;
  for (const { value } of await store.list('locks')) {
    if (value['rolloutId'] === '') continue;
    const record = await store.read({ partition: `rollouts#${value['rollout']}`, sort: String(value['rolloutId']) });
    if (record?.value['phase'] !== 'failed') return false;
  }
  return true;
}

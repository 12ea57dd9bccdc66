import type { HistoryEntry, RolloutRecord } from '../../core/rollout/record.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import { type LoadResult, type LoadStats, type RunningLoad, startLoad } from '../../sandbox/traffic/load.ts';
import { addressOf } from './address-of.ts';
import { Mishaps } from './mishaps.ts';
import { sandboxTier } from './sandbox-tier.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import { leftBehind, type Tail, tailOf } from './tail.ts';
import type { Need, Setting, Tier } from './tier.ts';
import { wronglyTold } from './told.ts';
import { usualServices, usualSpec } from './usual.ts';
import { type SplitChange, Witness } from './witness.ts';

export interface RolloutOutcome {
  readonly record: RolloutRecord;
  readonly history: readonly HistoryEntry[];
  /** The canary's weights as the route took them. */
  readonly weights: readonly number[];
}

export interface ScenarioOutcome {
  readonly scenario: string;
  readonly rollouts: readonly RolloutOutcome[];
  readonly executions: readonly SandboxExecution[];
  readonly splits: readonly SplitChange[];
  /** Of all services together. */
  readonly load: Pick<LoadStats, 'sent' | 'answered' | 'failed'>;
  /** The image's tag that stable runs, by service. */
  readonly stable: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
  /** What is not as it was before the first rollout, though it should be. */
  readonly leftBehind: readonly string[];
  /** What the story asked for that not every tier can give, in the order of their names. */
  readonly asked: readonly Need[];
}

export interface RunOptions extends Pick<SandboxOptions, 'log' | 'onState' | 'wrapDeps'> {
  readonly clock: SandboxClock;
  /** The sandbox where left out; the options that are the sandbox's are for that one only. */
  readonly tier?: Tier;
  readonly onAnswer?: (result: LoadResult) => void;
  /** Called when everything runs, before the story begins. */
  readonly onStage?: (stage: Stage) => void;
  /** Called, on the sandbox, at the same moment. */
  readonly onSandbox?: (sandbox: Sandbox) => void;
}

/** Plays one scenario on a tier, and tells what came of it. Whether that is as expected is for `differences` to say. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioOutcome> {
  const { clock, onStage, onSandbox, onAnswer, tier: given, ...sandboxOptions } = options;
  let sandbox: Sandbox | undefined;
  const tier = given ?? sandboxTier({ ...sandboxOptions, onSandbox: (started) => (sandbox = started) });
  const services = scenario.services ?? usualServices;
  let witness: Witness | undefined;
  const mishaps = new Mishaps();
  const answers: LoadResult[] = [];
  const open = await tier.open({ clock, services, mishaps, onRollback: (rollout, fence) => witness?.rollbackRecorded(rollout, fence) });
  const loads = new Map<string, RunningLoad>();
  try {
    const { setting } = open;
    witness = new Witness(setting, new Map(services.map(({ name, namespace }) => [name, namespace])));
    for (const [version, behaviour] of Object.entries(scenario.versions ?? {})) setting.fleet.behave(version, behaviour);
    const stage = new Stage({ tier, open, loads, witness, mishaps, answers, addressOf: (service) => addressOf(open, services, service) });
    for (const service of services) {
      await open.putUsualAlarm(service.name);
      const usual = usualSpec(service, setting.repositoryOf(service.name));
      await stage.apply(service.name, scenario.spec?.[service.name]?.(usual) ?? usual);
    }
    const before = tailOf(setting);
    const onResult = (result: LoadResult) => {
      answers.push(result);
      onAnswer?.(result);
    };
    for (const { name } of services) {
      loads.set(name, startLoad({ clock, ...stage.addressOf(name), requestsPerSecond: scenario.requestsPerSecond ?? 40, onResult }));
    }
    // Long enough for the alarms to be judged once; a rollout does not start while they have no data.
    await stage.sleep(Math.min(scenario.settleSeconds ?? 12, tier.settleSeconds ?? Number.POSITIVE_INFINITY));
    onStage?.(stage);
    if (sandbox !== undefined) onSandbox?.(sandbox);
    await scenario.story(stage);
    await stage.untilQuiet();
    await open.settle();
    const outcome = await collect(scenario, stage, services, before);
    const told = outcome.rollouts.flatMap(({ record }) => wronglyTold(setting, record));
    const wrong = [...told, ...((await scenario.check?.(outcome, stage)) ?? [])];
    return { ...outcome, violations: [...outcome.violations, ...wrong] };
  } finally {
    for (const load of loads.values()) load.stop();
    await open.close();
  }
}

async function collect(scenario: Scenario, stage: Stage, services: SandboxOptions['services'], before: Tail): Promise<ScenarioOutcome> {
  const { sandbox, witness } = stage;
  const stats = services.map(({ name }) => stage.loadOf(name).stats());
  const total = (count: 'sent' | 'answered' | 'failed') => stats.reduce((sum, each) => sum + each[count], 0);
  const rollouts = await Promise.all(
    services.map(async ({ name }) => {
      const records = await stage.records(name);
      return Promise.all(
        records.map(async (record, index): Promise<RolloutOutcome> => {
          const untilMs = records[index + 1]?.startedAtMs ?? Number.POSITIVE_INFINITY;
          const weights = witness.weightsOf(name, record.startedAtMs, untilMs);
          return { record, history: await stage.history(record.rolloutId), weights: weights.filter((weight, at) => weight > 0 || at > 0) };
        }),
      );
    }),
  );
  for (const { record } of rollouts.flat()) {
    if (record.rollbackReason !== undefined) witness.rollbackRecorded(record.rollout, record.fence);
  }
  return {
    scenario: scenario.name,
    rollouts: rollouts.flat().toSorted((a, b) => a.record.startedAtMs - b.record.startedAtMs),
    executions: sandbox.engine.executions,
    splits: witness.changes,
    load: { sent: total('sent'), answered: total('answered'), failed: total('failed') },
    stable: Object.fromEntries(services.map(({ name, namespace }) => [name, tagOfStable(sandbox, namespace, name)])),
    violations: witness.violations,
    leftBehind: leftBehind(sandbox, services, before, scenario.expected.changedByOthers ?? []),
    asked: [...stage.asked].toSorted(),
  };
}

function tagOfStable(sandbox: Setting, namespace: string, name: string): string {
  const deployment = sandbox.kubernetes.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace, name });
  const { template } = (deployment?.['spec'] ?? {}) as { template?: { spec: { containers: { image: string }[] } } };
  return sandbox.versionOf(template?.spec.containers[0]?.image ?? '');
}

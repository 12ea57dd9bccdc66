import type { HistoryEntry, RolloutRecord } from '../../core/rollout/record.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import { type LoadResult, type LoadStats, startLoad } from '../../sandbox/traffic/load.ts';
import { Mishaps } from './mishaps.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import { leftBehind, type Tail, tailOf } from './tail.ts';
import { wronglyTold } from './told.ts';
import { putUsualAlarm, specText, usualServices, usualSpec } from './usual.ts';
import { watchedStore } from './watched-store.ts';
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
}

export interface RunOptions {
  readonly clock: SandboxClock;
  readonly log?: SandboxOptions['log'];
  readonly onState?: SandboxOptions['onState'];
  readonly wrapDeps?: SandboxOptions['wrapDeps'];
  readonly onAnswer?: (result: LoadResult) => void;
  /** Called when everything runs, before the story begins. */
  readonly onStage?: (stage: Stage) => void;
}

/** Plays one scenario on the sandbox, and tells what came of it. Whether that is as expected is for `differences` to say. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioOutcome> {
  const { clock, onStage } = options;
  const services = scenario.services ?? usualServices;
  let witness: Witness | undefined;
  const mishaps = new Mishaps();
  const answers: LoadResult[] = [];
  const store = watchedStore((rollout, fence) => witness?.rollbackRecorded(rollout, fence));
  const sandbox = await startSandbox({
    clock,
    services,
    store: mishaps.wrapStore(store),
    wrapFunction: mishaps.wrapFunction,
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.onState === undefined ? {} : { onState: options.onState }),
    ...(options.wrapDeps === undefined ? {} : { wrapDeps: options.wrapDeps }),
  });
  try {
    witness = new Witness(sandbox, new Map(services.map(({ name, namespace }) => [name, namespace])));
    for (const [version, behaviour] of Object.entries(scenario.versions ?? {})) sandbox.fleet.behave(version, behaviour);
    await applySpecs(sandbox, scenario, services);
    const before = tailOf(sandbox);
    const onResult = (result: LoadResult) => {
      answers.push(result);
      options.onAnswer?.(result);
    };
    const loads = new Map(
      services.map(({ name, virtualService, pathPrefix }) => {
        const [url, host] = [`${sandbox.proxy.url}${pathPrefix}`, hostOf(virtualService)];
        return [name, startLoad({ clock, url, host, requestsPerSecond: scenario.requestsPerSecond ?? 40, onResult })] as const;
      }),
    );
    const stage = new Stage({ sandbox, loads, witness, mishaps, answers, store });
    // Long enough for the alarms to be judged once; a rollout does not start while they have no data.
    await stage.sleep(scenario.settleSeconds ?? 12);
    onStage?.(stage);
    await scenario.story(stage);
    await stage.untilQuiet();
    const outcome = await collect(scenario, stage, services, before);
    const told = outcome.rollouts.flatMap(({ record }) => wronglyTold(sandbox, record));
    const wrong = [...told, ...((await scenario.check?.(outcome, stage)) ?? [])];
    for (const load of loads.values()) load.stop();
    return { ...outcome, violations: [...outcome.violations, ...wrong] };
  } finally {
    await sandbox.close();
  }
}

async function applySpecs(sandbox: Sandbox, scenario: Scenario, services: SandboxOptions['services']): Promise<void> {
  for (const service of services) {
    putUsualAlarm(sandbox, service.name);
    const usual = usualSpec(service, sandbox.repositoryOf(service.name));
    const source = scenario.spec?.[service.name]?.(usual) ?? usual;
    await sandbox.functions['ApplySpec']?.({ file: `${service.name}.yaml`, text: specText(source) });
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
  return {
    scenario: scenario.name,
    rollouts: rollouts.flat().toSorted((a, b) => a.record.startedAtMs - b.record.startedAtMs),
    executions: sandbox.engine.executions,
    splits: witness.changes,
    load: { sent: total('sent'), answered: total('answered'), failed: total('failed') },
    stable: Object.fromEntries(services.map(({ name, namespace }) => [name, tagOfStable(sandbox, namespace, name)])),
    violations: witness.violations,
    leftBehind: leftBehind(sandbox, services, before, scenario.expected.changedByOthers ?? []),
  };
}

function tagOfStable(sandbox: Sandbox, namespace: string, name: string): string {
  const deployment = sandbox.kubernetes.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace, name });
  const { template } = (deployment?.['spec'] ?? {}) as { template?: { spec: { containers: { image: string }[] } } };
  return sandbox.versionOf(template?.spec.containers[0]?.image ?? '');
}

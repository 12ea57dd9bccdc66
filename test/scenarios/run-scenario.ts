import type { HistoryEntry, RolloutRecord } from '../../core/rollout/record.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import { type LoadResult, type LoadStats, startLoad } from '../../sandbox/traffic/load.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
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
  readonly load: LoadStats;
  /** The image's tag that stable runs, by service. */
  readonly stable: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
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
  const sandbox = await startSandbox({
    clock,
    services,
    store: watchedStore((rollout, fence) => witness?.rollbackRecorded(rollout, fence)),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.onState === undefined ? {} : { onState: options.onState }),
    ...(options.wrapDeps === undefined ? {} : { wrapDeps: options.wrapDeps }),
  });
  try {
    witness = new Witness(sandbox, new Map(services.map(({ name, namespace }) => [name, namespace])));
    for (const [version, behaviour] of Object.entries(scenario.versions ?? {})) sandbox.fleet.behave(version, behaviour);
    await applySpecs(sandbox, scenario, services);
    const load = startLoad({
      clock,
      url: sandbox.proxy.url,
      host: hostOf(services[0]?.virtualService ?? ''),
      requestsPerSecond: scenario.requestsPerSecond ?? 40,
      ...(options.onAnswer === undefined ? {} : { onResult: options.onAnswer }),
    });
    const stage = new Stage(sandbox, load, witness);
    // Long enough for the alarms to be judged once; a rollout does not start while they have no data.
    await stage.sleep(12);
    onStage?.(stage);
    await scenario.story(stage);
    await stage.untilQuiet();
    const outcome = await collect(scenario, stage, services);
    load.stop();
    return outcome;
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

async function collect(scenario: Scenario, stage: Stage, services: SandboxOptions['services']): Promise<ScenarioOutcome> {
  const { sandbox, witness, load } = stage;
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
    load: load.stats(),
    stable: Object.fromEntries(services.map(({ name, namespace }) => [name, tagOfStable(sandbox, namespace, name)])),
    violations: witness.violations,
  };
}

function tagOfStable(sandbox: Sandbox, namespace: string, name: string): string {
  const deployment = sandbox.kubernetes.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace, name });
  const { template } = (deployment?.['spec'] ?? {}) as { template?: { spec: { containers: { image: string }[] } } };
  return sandbox.versionOf(template?.spec.containers[0]?.image ?? '');
}

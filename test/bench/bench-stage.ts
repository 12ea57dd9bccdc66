import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import { type RunningLoad, startLoad } from '../../sandbox/traffic/load.ts';
import { putUsualAlarm, specText, usualSpec } from '../scenarios/usual.ts';
import { Witness } from '../scenarios/witness.ts';

export interface BenchStageOptions extends Omit<SandboxOptions, 'clock'> {
  readonly clock: SandboxClock;
  readonly requestsPerSecond: number;
  /** Changes to the usual spec of the first service. */
  readonly spec: (usual: RolloutSpecSource) => RolloutSpecSource;
}

/** The service that is rolled out; it is the first of the services. */
export const checkout: SandboxOptions['services'][number] = {
  name: 'checkout',
  namespace: 'shop',
  replicas: 2,
  tag: 'v1',
  virtualService: 'shop',
  pathPrefix: '/',
};

/** How long a measurement may wait for something, in the clock's time: a rollout of an hour, and more. */
const patienceSeconds = 7200;
const lookEveryMs = 20;
/** Until the alarm was judged once: a rollout does not start while it has no data. */
const warmUpSeconds = 12;

/** A sandbox with a load on it, and ways to wait for a moment. */
export class BenchStage {
  readonly sandbox: Sandbox;
  readonly load: RunningLoad;
  readonly witness: Witness;

  constructor(sandbox: Sandbox, load: RunningLoad, witness: Witness) {
    this.sandbox = sandbox;
    this.load = load;
    this.witness = witness;
  }

  /** Pushes an image of the service under a tag; ECR's event does the rest. */
  push(tag: string): void {
    this.sandbox.ecr.push({ repository: this.sandbox.repositoryOf(checkout.name), tag });
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

  /** @throws Error where it does not come, or an execution fails first: a figure of something else is no figure. */
  async until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    const endMs = this.sandbox.clock.now() + patienceSeconds * 1000;
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      if (this.sandbox.clock.now() > endMs) throw new Error(`waited in vain for ${what}`);
      await this.sandbox.clock.sleep(lookEveryMs);
    }
  }

  /** Waits until the only rollout's execution has entered a state. @throws Error where it fails before. */
  untilState(state: string): Promise<SandboxExecution> {
    return this.until(state, () => {
      const execution = this.sandbox.engine.executions.find(({ machine }) => machine === 'rollout');
      if (execution?.status === 'failed') throw new Error(`the rollout did not come to ${state}: ${execution.cause}`);
      return execution?.states.some((entered) => entered.state === state) ? execution : undefined;
    });
  }
}

/** Runs a measurement on a sandbox of its own, with the first service's spec applied and its alarm judged. */
export async function withBenchStage<T>(options: BenchStageOptions, measure: (stage: BenchStage) => Promise<T>): Promise<T> {
  const { clock, services, requestsPerSecond, spec } = options;
  const [service = checkout] = services;
  const sandbox = await startSandbox(options);
  try {
    putUsualAlarm(sandbox, service.name);
    const text = specText(spec(usualSpec(service, sandbox.repositoryOf(service.name))));
    await sandbox.functions['ApplySpec']?.({ file: `${service.name}.yaml`, text });
    const load = startLoad({ clock, url: sandbox.proxy.url, host: hostOf(service.virtualService), requestsPerSecond });
    const stage = new BenchStage(sandbox, load, new Witness(sandbox, new Map([[service.name, service.namespace]])));
    await stage.sleep(warmUpSeconds);
    const measured = await measure(stage);
    load.stop();
    return measured;
  } finally {
    await sandbox.close();
  }
}

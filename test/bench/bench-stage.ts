import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import { type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import { startLoad } from '../../sandbox/traffic/load.ts';
import { Stage } from '../scenarios/stage.ts';
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

/** A sandbox with the first service's spec applied, its alarm judged once, and requests on their way. */
export async function withBenchStage<T>(options: BenchStageOptions, measure: (stage: Stage) => Promise<T>): Promise<T> {
  const { clock, services, requestsPerSecond, spec } = options;
  const [service = checkout] = services;
  const sandbox = await startSandbox(options);
  try {
    putUsualAlarm(sandbox, service.name);
    const text = specText(spec(usualSpec(service, sandbox.repositoryOf(service.name))));
    await sandbox.functions['ApplySpec']?.({ file: `${service.name}.yaml`, text });
    const load = startLoad({ clock, url: sandbox.proxy.url, host: hostOf(service.virtualService), requestsPerSecond });
    const stage = new Stage(sandbox, load, new Witness(sandbox, new Map([[service.name, service.namespace]])));
    await stage.sleep(12);
    const measured = await measure(stage);
    load.stop();
    return measured;
  } finally {
    await sandbox.close();
  }
}

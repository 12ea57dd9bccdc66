import { loadavg } from 'node:os';
import type { KubernetesApi } from '../../core/ports.ts';
import { chooseEngine } from '../localstack/engine/choose-engine.ts';
import { type AlarmPath, countsOf, readingsOf, sharesOf, turnsOf } from './alarm-path.ts';
import { readDoorMs } from './door-log.ts';
import type { Figure } from './figure.ts';
import { connectLambda, renewWorker } from './lambda-requests.ts';
import { floorFunction, openFloor } from './localstack-floor.ts';
import { type LocalStackStage, prefix, withLocalStackStage } from './localstack-stage.ts';
import { formatNumber } from './report.ts';
import { measureSandboxAlarms } from './sandbox-alarm.ts';

const doorFunction = `${prefix}-abort`;

/** How fast an alarm's event moves the traffic where Sluice is deployed, next to the sandbox, and how much of that is LocalStack's. */
export const localStackLatency: Figure = {
  name: 'localstack-latency',
  title: 'PutEvents of an alarm -> weight written, on LocalStack and in the sandbox',
  async measure({ samples }) {
    // Whether there is anything to run LocalStack on is known before a minute is spent on the sandbox.
    await chooseEngine(process.env);
    const counts = countsOf(samples);
    const loads = [machineLoad()];
    const sandbox = await measureSandboxAlarms(counts);
    const localStack = await withLocalStackStage(
      () => undefined,
      async (stage, cluster) => {
        loads.push(machineLoad());
        return { engine: stage.localStack.engine, ...(await measureAlarms(stage, cluster, counts)) };
      },
    );
    loads.push(machineLoad());
    const path: AlarmPath = { ...localStack, sandbox };
    return {
      readings: readingsOf(path),
      notes: [
        ...sharesOf(path),
        `LocalStack (${localStack.engine}), deployed by cdk as it is on AWS; each alarm ends a rollout that bakes at half of the traffic.`,
        'Cold: a version was published that no worker runs yet. In the sandbox, which starts no workers: the first alarm of a new process.',
        `Processes that ran or waited for a core, before, after the deployment, and after all: ${loads.join(', ')}.`,
      ],
    };
  },
};

function machineLoad(): string {
  return formatNumber(loadavg()[0] ?? 0);
}

async function measureAlarms(
  stage: LocalStackStage,
  cluster: KubernetesApi,
  counts: { readonly cold: number; readonly warm: number },
): Promise<Omit<AlarmPath, 'sandbox'>> {
  const lambda = connectLambda(stage.localStack);
  const renew = (functionName: string) => renewWorker(lambda, functionName, (ms) => stage.clock.sleep(ms));
  const floor = await openFloor(stage.localStack, stage.apis);
  const found = { cold: empty(), warm: empty(), patchMs: [] as number[] };
  const turns = turnsOf(counts);
  try {
    // LocalStack itself is not to be measured cold.
    await floor.measure();
    // Each beside its floor, so that whatever else the machine does falls on both alike.
    for (const of of turns) {
      await stage.bake();
      if (of === 'cold') for (const name of [floorFunction, doorFunction]) await renew(name);
      await stage.calm();
      found[of].floorMs.push(await floor.measure());
      found.patchMs.push(await patchAlone(cluster));
      const { putMs, writtenMs } = await stage.alarm();
      found[of].putMs.push(putMs);
      found[of].writtenMs.push(writtenMs);
      await stage.recover();
    }
  } finally {
    await floor.close();
  }
  const doorMs = await readDoorMs(stage.localStack, doorFunction);
  // One line for each alarm, in their order; or the log is not what it is taken for, and is left out.
  if (doorMs.length === turns.length) for (const [index, of] of turns.entries()) found[of].doorMs.push(...doorMs.slice(index, index + 1));
  return found;
}

const empty = () => ({ floorMs: [] as number[], putMs: [] as number[], doorMs: [] as number[], writtenMs: [] as number[] });

/** One PATCH of a route that no rollout touches. */
async function patchAlone(cluster: KubernetesApi): Promise<number> {
  const fromMs = performance.now();
  await cluster.write({
    jsonPatch: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'probe' },
    operations: [{ op: 'add', path: '/metadata/annotations', value: { 'bench.sluice.dev/at': String(fromMs) } }],
  });
  return performance.now() - fromMs;
}

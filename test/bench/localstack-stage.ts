import * as z from 'zod/mini';
import { createClusterOpener } from '../../adapters/eks/open-cluster.ts';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { KubernetesApi } from '../../core/ports.ts';
import { ScaledClock } from '../../sandbox/clock.ts';
import { EventBus } from '../../sandbox/eventbridge/event-bus.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import { type Surroundings, startSurroundings } from '../../sandbox/surroundings.ts';
import { startLoad } from '../../sandbox/traffic/load.ts';
import { deploy } from '../localstack/deploy.ts';
import { type LocalStack, startLocalStack } from '../localstack/engine/localstack.ts';
import { startAwsStub } from '../localstack/stub/aws-stub.ts';
import { Alarms } from '../localstack/tier/alarms.ts';
import { type Apis, connectApis } from '../localstack/tier/apis.ts';
import { forwardPushes } from '../localstack/tier/forward-pushes.ts';
import { machineArn } from '../localstack/tier/watched-executions.ts';
import { specText, usualSpec } from '../scenarios/usual.ts';
import { Witness } from '../scenarios/witness.ts';
import { alarmDetail, bakedWeight, bakingSpec, requestsPerSecond } from './alarm-rollout.ts';
import { checkout } from './bench-stage.ts';
import { probeServices } from './path-probe.ts';

/** What the throw-away deployment and everything in it is called by. */
export const prefix = 'bench';
const alarmName = `${prefix}.${checkout.name}-errors`;
const patienceSeconds = 180;
const calmMs = 1_500;

export interface AlarmTiming {
  /** From PutEvents to its answer, in milliseconds. */
  readonly putMs: number;
  /** From PutEvents to the canary's weight of 0, as the sandbox's Kubernetes API took it. */
  readonly writtenMs: number;
}

const listed = z.object({ executions: z.array(z.object({ executionArn: z.string() })) });
const history = z.object({ events: z.array(z.object({ stateEnteredEventDetails: z.nullish(z.object({ name: z.string() })) })) });
const described = z.object({ cluster: z.object({ endpoint: z.string(), certificateAuthority: z.object({ data: z.string() }) }) });

/** Sluice on a LocalStack of its own, with the sandbox's cluster. Nothing is asked of LocalStack while something is measured. */
export class LocalStackStage {
  readonly localStack: LocalStack;
  readonly apis: Apis;
  readonly clock: ScaledClock;
  readonly #surroundings: Surroundings;
  readonly #witness: Witness;
  readonly #rollouts: Rollouts;
  #versions = 1;

  constructor(localStack: LocalStack, apis: Apis, surroundings: Surroundings, clock: ScaledClock) {
    this.localStack = localStack;
    this.apis = apis;
    this.clock = clock;
    this.#surroundings = surroundings;
    this.#witness = new Witness(surroundings, new Map([[checkout.name, checkout.namespace]]));
    this.#rollouts = new Rollouts(createDynamoDbStore({ call: apis.dynamodbCall, tableName: prefix, clock }), clock);
  }

  /** Rolls a new version out up to the bake, in which a state watches it. */
  async bake(): Promise<void> {
    const { ecr, fleet, repositoryOf } = this.#surroundings;
    this.#versions += 1;
    const tag = `v${this.#versions}`;
    fleet.behave(tag, { pod: { readyAfterMs: 20 } });
    ecr.push({ repository: repositoryOf(checkout.name), tag });
    await this.#until('the weight of the bake', () => this.#witness.changes.at(-1)?.canary === bakedWeight);
    await this.#until('the bake', async () => {
      const [executionArn] = await this.#running('rollout');
      if (executionArn === undefined) return false;
      const { events } = history.parse(await this.apis.states('GetExecutionHistory', { executionArn, maxResults: 1000 }));
      return events.some(({ stateEnteredEventDetails: entered }) => entered?.name === 'RunAnalysis');
    });
  }

  /** Waits until LocalStack has done what follows from what it was asked for. */
  calm(): Promise<void> {
    return this.clock.sleep(calmMs);
  }

  /** Puts the alarm's event while a rollout bakes. Resolves when the weight is written. */
  async alarm(): Promise<AlarmTiming> {
    const fromMs = this.clock.now();
    await this.#putAlarm('ALARM');
    const putMs = this.clock.now() - fromMs;
    const isWritten = () => this.#witness.changes.find(({ atMs, canary }) => atMs > fromMs && canary === 0);
    const written = await this.#until('the weight of 0', isWritten);
    return { putMs, writtenMs: written.atMs - fromMs };
  }

  /** Waits for the end of what the alarm set off. @throws Error where it was not the alarm that ended the rollout. */
  async recover(): Promise<void> {
    await this.calm();
    await this.#until('the end of the rollback', async () => {
      const running = await Promise.all([this.#running('rollout'), this.#running('rollback')]);
      return running.flat().length === 0;
    });
    const record = (await this.#rollouts.list(checkout.name)).at(-1);
    if (record?.rollbackReason !== 'alarm') throw new Error(`the rollout ended by ${record?.rollbackReason}, and not by the alarm`);
    await this.#putAlarm('OK');
    await this.calm();
  }

  /** The cluster as the functions reach it: through the stub's TLS, with the sandbox's clients. */
  async openCluster(stubPort: number): Promise<KubernetesApi> {
    const { cluster } = described.parse(await (await fetch(`http://127.0.0.1:${stubPort}/clusters/${prefix}`)).json());
    const credentials = async () => this.localStack.credentials;
    const open = createClusterOpener({ region: this.localStack.region, credentials, clock: this.clock });
    const certificateAuthority = Buffer.from(cluster.certificateAuthority.data, 'base64').toString();
    return open({ name: prefix, endpoint: cluster.endpoint, certificateAuthority });
  }

  /** AWS itself lets nobody but CloudWatch put such an event. */
  async #putAlarm(value: 'ALARM' | 'OK'): Promise<void> {
    const Detail = JSON.stringify(alarmDetail(alarmName, value, this.clock.now()));
    await this.apis.events('PutEvents', { Entries: [{ Source: 'aws.cloudwatch', DetailType: 'CloudWatch Alarm State Change', Detail }] });
  }

  async #running(machine: 'rollout' | 'rollback'): Promise<string[]> {
    const stateMachineArn = machineArn(this.apis, prefix, machine);
    const answer = await this.apis.states('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' });
    return listed.parse(answer).executions.map(({ executionArn }) => executionArn);
  }

  async #until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
    const endMs = this.clock.now() + patienceSeconds * 1000;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (this.clock.now() > endMs) throw new Error(`waited in vain for ${what}`);
      await this.clock.sleep(500);
    }
  }
}

/** Starts LocalStack, deploys the template, applies the spec, and removes all when the measurement has ended. */
export async function withLocalStackStage<T>(
  report: (line: string) => void,
  measure: (stage: LocalStackStage, cluster: KubernetesApi) => Promise<T>,
): Promise<T> {
  const closers: (() => unknown)[] = [];
  try {
    const stub = await startAwsStub();
    closers.push(() => stub.close());
    const localStack = await startLocalStack({ workerEnvironment: stub.variables, report });
    closers.push(() => localStack.stop());
    const apis = connectApis(localStack);
    closers.push(() => apis.close());
    const context = { rolloutsFolder: 'test/localstack/rollouts' };
    const deployment = await deploy({ localStack, prefix, context, report });
    // What was started here goes with all that is in it.
    if (localStack.engine === 'given') closers.push(() => deployment.destroy());

    const clock = new ScaledClock();
    const bus = new EventBus({ clock, account: apis.account, region: apis.region });
    const services = [checkout, ...probeServices];
    const surroundings = await startSurroundings({ clock, bus, services, repositoryFolder: `${prefix}-shop`, record: () => undefined });
    closers.push(() => surroundings.close());
    const endCluster = await stub.add({ name: prefix, kubernetesUrl: surroundings.kubernetes.url, images: surroundings.ecr });
    closers.push(() => endCluster());
    forwardPushes(bus, apis);
    const alarms = new Alarms({ apis, namespace: prefix, nameOf: () => alarmName });
    await alarms.putUsual(checkout.name);
    closers.push(() => alarms.delete());
    await alarms.set(alarmName, 'OK', 'It is there.');
    await apis.invoke(prefix, 'ApplySpec', { file: `${checkout.name}.yaml`, text: textOfSpec(surroundings, localStack) });
    const load = startLoad({ clock, url: surroundings.proxy.url, host: hostOf(checkout.virtualService), requestsPerSecond });
    closers.push(() => load.stop());
    const stage = new LocalStackStage(localStack, apis, surroundings, clock);
    return await measure(stage, await stage.openCluster(stub.port));
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

function textOfSpec({ prometheus, repositoryOf }: Surroundings, { hostSeenByLambdas }: LocalStack): string {
  const spec = bakingSpec(usualSpec(checkout, repositoryOf(checkout.name)));
  const url = new URL(prometheus.url);
  url.hostname = hostSeenByLambdas;
  return specText({ ...spec, cluster: prefix, analysis: { ...spec.analysis, prometheus: { url: url.origin }, alarms: [alarmName] } });
}

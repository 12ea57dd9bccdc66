import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { keys } from '../../../adapters/store/keys.ts';
import { untilAnswered } from '../../../cli/connection/until-answered.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { type Surroundings, type SurroundingsOptions, startSurroundings } from '../../../sandbox/surroundings.ts';
import { functionSetups } from '../../../stacks/functions.ts';
import type { Opening, OpenTier, Setting, Tier } from '../../scenarios/tier.ts';
import { changeQueries } from '../../scenarios/usual.ts';
import { startPlainFront } from '../stub/front.ts';
import { Alarms } from './alarms.ts';
import { cleanTable } from './clean-table.ts';
import { EventFaults } from './event-faults.ts';
import { alarmsOf } from './event-tap.ts';
import { forwardPushes } from './forward-pushes.ts';
import { hearEvents } from './hear-events.ts';
import type { Lane } from './lane.ts';
import { machineArn, WatchedExecutions } from './watched-executions.ts';

/** How often the sweep comes round here: every minute would do, and make each wait for it long. */
export const sweepEverySeconds = 20;

/** More fences than the rollouts of one scenario raise. */
const fencesOfAScenario = 100;
/** From the last write of a Lambda to what the tap and the lists of executions say. */
const settleMs = 2_500;

/** What LocalStack can't give a story. */
export const lacking: Tier['lacks'] = {
  mishaps: 'a deployed function runs its own code, and its store is its own',
  lateAlarmEvents: 'LocalStack delivers at once',
  exactTime: 'time goes on while the machine works',
};

/** Another cluster than the sandbox's, with its traffic and metrics. */
export interface Elsewhere {
  start(options: SurroundingsOptions): Promise<Surroundings>;
  adapt(spec: RolloutSpecSource): RolloutSpecSource;
  hostOf(virtualService: string): string;
}

/**
 * LocalStack with Sluice deployed in it as it is on AWS. The cluster, its load, its Prometheus and the registry are the sandbox's, in this
 * process and in real time; functions, executions, events, alarms and the store are LocalStack's, by their real APIs.
 */
export function localStackTier(lane: Lane, elsewhere?: Elsewhere): Tier {
  return {
    name: 'localstack',
    lacks: lacking,
    exact: false,
    lookEveryMs: 250,
    sweepEverySeconds,
    patienceSeconds: 300,
    settleSeconds: 4,
    open: (opening) => open(lane, elsewhere, opening),
  };
}

async function open(lane: Lane, elsewhere: Elsewhere | undefined, { clock, services }: Opening): Promise<OpenTier> {
  const { apis, stub, tap, deployment, host } = lane;
  const { prefix } = deployment;
  lane.played += 1;
  const fenceBefore = lane.played * fencesOfAScenario;
  const nameOf = (alarm: string) => `${alarmsOf(prefix)}${alarm}`;
  // The sweep names an execution by the digest, which in the sandbox is made of the image's name.
  const repositoryFolder = `${prefix}/${lane.played}`;
  const store = createDynamoDbStore({ call: apis.dynamodbCall, tableName: prefix, clock });
  await cleanTable(apis, prefix);
  // Executions of a rollback are named by the fence, and a name can't be used again.
  await store.write(
    services.map(({ name }) => ({
      put: keys.lock(name),
      value: { rollout: name, fence: fenceBefore, rolloutId: '', leaseUntilMs: 0 },
      expect: 'absent' as const,
    })),
  );

  const alarms = new Alarms({ apis, namespace: `${prefix}/${lane.played}`, nameOf });
  const bus = new EventBus({ clock, account: apis.account, region: apis.region });
  const surroundings = await (elsewhere?.start ?? startSurroundings)({ clock, bus, services, repositoryFolder, record: alarms.record });
  const prometheus = await prometheusSeenBy(host, surroundings.prometheus.url);
  const endCluster = await stub.add({ name: prefix, kubernetesUrl: surroundings.kubernetes.url, images: surroundings.ecr });
  const forwarded = forwardPushes(bus, apis);
  const faults = new EventFaults(apis, prefix, (ms) => clock.sleep(ms));
  tap.hear(hearEvents({ bus, faults, prefix }));
  const watched = new WatchedExecutions({ apis, prefix, clock, isOurs: isOfFolder(repositoryFolder) });
  const ordered = inOrder();

  const setting: Setting = {
    ...surroundings,
    bus: {
      account: bus.account,
      region: bus.region,
      get puts() {
        return bus.puts;
      },
      injectFault: (fault) => {
        bus.injectFault(fault);
        if (JSON.stringify(fault.pattern).includes('aws.cloudwatch')) void ordered(() => faults.inject(fault));
      },
    },
    engine: {
      get executions() {
        return watched.executions;
      },
      untilEnded: (arn) => watched.untilEnded(arn),
    },
    cloudWatch: {
      putMetricAlarm: (alarm) => ordered(() => alarms.put(alarm)),
      setAlarmState: async (name, value, reason) => {
        await ordered(() => alarms.set(name, value, reason));
        await ordered(() => faults.afterChange());
      },
    },
    deps: { store },
    functions: Object.fromEntries(
      functionSetups.map(({ name }) => {
        const invoke = (event: unknown) => apis.invoke(prefix, name, event);
        // As the command does: the door leaves a store that does not answer at once to its callers.
        return [name, name === 'Abort' ? (event: unknown) => untilAnswered(clock, () => invoke(event)) : invoke];
      }),
    ),
  };

  return {
    setting,
    store,
    fenceBefore,
    alarmName: nameOf,
    adapt: (spec) => adapt(elsewhere?.adapt(spec) ?? spec, { prefix, nameOf, prometheusUrl: prometheus.url }),
    ...(elsewhere === undefined ? {} : { hostOf: elsewhere.hostOf }),
    putUsualAlarm: (service) => ordered(() => alarms.putUsual(service, [deployment.outputs['AlarmAction'] ?? ''])),
    async start(input) {
      const name = `console-${randomUUID()}`;
      const stateMachineArn = machineArn(apis, prefix, 'rollout');
      await apis.states('StartExecution', { stateMachineArn, name, input: JSON.stringify(input) });
      await watched.refresh();
      return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    },
    stop: async (executionArn) => {
      await apis.states('StopExecution', { executionArn, error: 'Stopped', cause: 'Stopped in the console.' });
      await watched.refresh();
    },
    async settle() {
      await clock.sleep(settleMs);
      await watched.refresh();
    },
    async close() {
      tap.hear(undefined);
      watched.end();
      await ordered(() => faults.mend());
      await ordered(() => alarms.delete());
      await endCluster();
      await prometheus.close();
      await surroundings.close();
      forwarded.assertAllSent();
    },
  };
}

interface Adaptation {
  readonly prefix: string;
  readonly nameOf: (alarm: string) => string;
  readonly prometheusUrl: string;
}

/** Where functions find the sandbox's Prometheus, which listens on loopback: those in containers by a front. */
async function prometheusSeenBy(host: string, url: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  if (host === '127.0.0.1') return { url, close: async () => undefined };
  const front = await startPlainFront(url, '0.0.0.0');
  return { url: `http://${host}:${front.port}`, close: front.close };
}

/** Cores that are at work on other things must not look like a canary without traffic, */
const patient = <T extends object>(policy: T | undefined) => ({ ...policy, hold: '90s' });
/** nor like a slow one: latencies here are those of the machine. */
const slackOfLatency = 20;

/** What differs between deployments that live in one account: which cluster, which Prometheus, which alarms. */
function adapt(spec: RolloutSpecSource, { prefix, nameOf, prometheusUrl }: Adaptation): RolloutSpecSource {
  const { analysis, policies } = spec;
  return {
    ...spec,
    cluster: prefix,
    policies: { ...policies, noData: patient(policies?.noData), sourceDown: patient(policies?.sourceDown) },
    analysis: {
      ...analysis,
      ...(analysis.alarms === undefined ? {} : { alarms: analysis.alarms.map(nameOf) }),
      ...(analysis.metrics === undefined ? {} : { metrics: changeQueries(analysis.metrics, unhurried) }),
      ...(analysis.prometheus === undefined ? {} : { prometheus: { ...analysis.prometheus, url: prometheusUrl } }),
    },
  };
}

function unhurried<T extends { readonly name: string; readonly max?: number | undefined }>(metric: T): T {
  return metric.name.startsWith('latency') && metric.max !== undefined ? { ...metric, max: metric.max * slackOfLatency } : metric;
}

/** A push starts an execution in every deployment of the account; where no spec takes it, that ends as `NothingToDo`. */
function isOfFolder(folder: string): (input: unknown) => boolean {
  return (input) => {
    const { detail } = Object(input) as { detail?: { 'repository-name'?: unknown } };
    const repository = detail?.['repository-name'];
    return repository === undefined || String(repository).startsWith(`${folder}/`);
  };
}

/** Does one thing after the other, in the order in which they were asked for. */
function inOrder(): (act: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return (act) => {
    const next = last.then(act);
    last = next.catch(() => undefined);
    return next;
  };
}

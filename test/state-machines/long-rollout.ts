import { stringify } from 'yaml';
import { loadDialects } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import type { Measurement } from '../../core/metric-ports.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { EventBus } from '../../sandbox/eventbridge/event-bus.ts';
import { wireFunctions } from '../../sandbox/functions.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { Engine } from '../../sandbox/step-functions/engine.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import { mainRule, refTo, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { recordOf, specSource } from '../core/rollout/rollout-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

const repository = 'registry.example.com/shop/checkout';
const imageOf = (letter: string) => `${repository}@sha256:${letter.repeat(64)}`;

export interface LongRun {
  readonly clock: VirtualClock;
  readonly cluster: SettledCluster;
  readonly call: (name: string, event: unknown) => Promise<unknown>;
  readonly until: (what: (record: RolloutRecord) => boolean) => Promise<void>;
}

export interface LongRollout {
  readonly record: RolloutRecord;
  readonly execution: SandboxExecution;
  readonly days: number;
  /** What Step Functions would have written into the execution's history. */
  readonly events: number;
  /** The largest input or output of a state, in bytes. */
  readonly largestBytes: number;
}

/**
 * Plays one rollout of any length in seconds: the real state machine and the real functions, against a cluster whose pods are ready at once and a
 * source of metrics that says what it is told to. The spec goes through lint first, as every spec does. Left out: load, proxies, alarms and the sweep,
 * none of which adds to the execution's history.
 */
export async function playLongRollout(
  spec: Partial<RolloutSpecSource>,
  {
    measure = () => 'good',
    story = async () => undefined,
    heldSeconds = 0,
  }: {
    readonly measure?: (secondsIntoStep: number) => 'good' | 'noData';
    readonly story?: (run: LongRun) => Promise<void>;
    /** So long another rollout of the service runs. */
    readonly heldSeconds?: number;
  } = {},
): Promise<LongRollout> {
  await loadDialects();
  const clock = new VirtualClock();
  const bus = new EventBus({ clock });
  const store = createMemoryStore();
  const startMs = clock.now();
  const cluster = new SettledCluster(imageOf('a'));
  await cluster.write({ create: refTo('checkout'), object: virtualService('checkout', [mainRule]) });
  const rollouts = new Turns(store, clock);
  if (heldSeconds > 0) await holdService(rollouts, clock, heldSeconds);
  let stepStartedMs = startMs;
  const measured = (name: string): Measurement =>
    measure((clock.now() - stepStartedMs) / 1000) === 'good'
      ? { name, atMs: clock.now(), status: 'value', value: 0.001 }
      : { name, atMs: clock.now(), status: 'noData', why: 'There was no traffic.' };

  const handlers: Record<string, LambdaHandler> = {};
  const engine = new Engine({ clock, bus, handlers });
  const found = { repository, tags: ['v2'], digest: `sha256:${'b'.repeat(64)}`, pushedAtMs: startMs };
  const deps: Deps = {
    clock,
    store,
    log: createMemoryLog(),
    clusters: { open: () => cluster },
    clusterFinder: { find: async (name) => ({ name, endpoint: 'https://cluster.example.com', certificateAuthority: '' }) },
    executions: engine,
    images: { resolve: async () => found, pushedSince: async () => [] },
    events: { publish: async () => undefined },
    alarms: { read: async (names) => names.map((name) => ({ name, state: 'ok', reason: '', sinceMs: undefined })) },
    cloudWatch: { measure: async () => [], list: async () => ({ status: 'listed', metrics: [], isWhole: true }) },
    prometheus: () => ({
      metrics: { measure: async (queries) => queries.map(({ name }) => measured(name)), history: async () => [] },
      alerts: { read: async (names) => names.map((name) => ({ name, state: 'ok', reason: '', sinceMs: undefined })) },
    }),
    webhookSecret: { read: async () => [] },
  };
  const history = { taskCalls: 0, largestBytes: 0 };
  const weigh = (value: unknown) => {
    history.largestBytes = Math.max(history.largestBytes, Buffer.byteLength(JSON.stringify(value ?? null)));
  };
  const functions = wireFunctions(() => deps);
  for (const [name, handler] of Object.entries(functions)) {
    handlers[name] = async (event) => {
      history.taskCalls += 1;
      weigh(event);
      const output = await handler(event);
      weigh(output);
      if (name === 'VerifyWeight') stepStartedMs = clock.now();
      return output;
    };
  }

  const call = async (name: string, event: unknown) => functions[name]?.(event);
  await call('ApplySpec', { file: 'rollouts/checkout.yaml', text: stringify({ ...specSource(), ...spec }) });
  await engine.start('rollout', 'long', { rollout: 'checkout', image: 'v2' });
  const until: LongRun['until'] = async (what) => {
    while (!(await rollouts.list('checkout')).some(what)) await clock.sleep(60_000);
  };
  const [execution] = await Promise.all([engine.untilEnded(engine.arnOf('rollout', 'long')), story({ clock, cluster, call, until })]);
  await Promise.all(engine.executions.map(({ arn }) => engine.untilEnded(arn)));
  const record = (await rollouts.list('checkout')).at(-1);
  if (record === undefined) throw new Error(`there is no rollout: ${execution.cause}`);
  const ownCalls =
    history.taskCalls - engine.executions.filter(({ machine }) => machine === 'rollback').reduce((sum, each) => sum + tasksOf(each), 0);
  const days = ((execution.endedAtMs ?? startMs) - startMs) / 86_400_000;
  return { record, execution, days, events: historyEvents(execution, ownCalls), largestBytes: history.largestBytes };
}

/** Another rollout of an older image has the service, and ends after that time. */
async function holdService(rollouts: Turns, clock: VirtualClock, seconds: number): Promise<void> {
  const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:other';
  const image = { repository, digest: 'sha256:other', pushedAtMs: 0 };
  const begun = await rollouts.begin('checkout', { executionArn, eventId: undefined }, (id) => recordOf({ executionArn, image, ...id }));
  if (begun.outcome !== 'begun') throw new Error('the service is held by somebody else');
  clock.timer(seconds * 1000, () => {
    void rollouts.loadOwned(begun.record).then((held) => rollouts.end(held, { phase: 'succeeded' }));
  });
}

const tasksOf = ({ states }: SandboxExecution) => states.filter(({ type }) => type === 'Task').length;

/**
 * What AWS writes: for a Lambda that is named by its ARN TaskStateEntered, LambdaFunctionScheduled, LambdaFunctionStarted,
 * LambdaFunctionSucceeded and TaskStateExited; for a retry Scheduled, Started and Failed more; two for any other state, but one for Fail;
 * and one each for the execution's start and end.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
function historyEvents(execution: SandboxExecution, taskCalls: number): number {
  const perState = { Task: 5, Fail: 1 } as Readonly<Record<string, number>>;
  const states = execution.states.reduce((sum, { type }) => sum + (perState[type] ?? 2), 0);
  return 2 + states + 3 * Math.max(0, taskCalls - tasksOf(execution));
}

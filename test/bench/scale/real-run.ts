import '../../../adapters/mesh/gateway-api/inspect.ts';
import '../../../adapters/mesh/inspect-routes.ts';
import '../../../adapters/mesh/istio/inspect.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import type { RolloutStore } from '../../../core/ports.ts';
import { eventPatterns } from '../../../runtime/event-patterns.ts';
import type { Log, LogFields } from '../../../runtime/log.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import type { SandboxExecution } from '../../../sandbox/step-functions/execution.ts';
import { specText } from '../../scenarios/usual.ts';
import { seededRandom } from '../../seeded-random.ts';
import { Account, type Caller, type Counted } from './account.ts';
import type { Invocation } from './call.ts';
import { manyClusters } from './clusters.ts';
import { invokeMs, latencyMs } from './latencies.ts';
import { type Look, stepBegins } from './lateness.ts';
import { limitedPorts } from './limited-ports.ts';
import type { Quotas } from './quotas.ts';
import { Recorder } from './recorder.ts';
import { type RowPlan, scaleSpec, serviceOf } from './scale-spec.ts';
import { type Template, templateOf } from './template.ts';

export interface RunOptions {
  readonly rollouts: number;
  readonly plan: RowPlan;
  readonly quotas: Quotas;
  readonly seed: number;
}

export interface RealRunOptions extends RunOptions {
  /** What was stored before; empty where left out. */
  readonly store?: RolloutStore;
  readonly startMs?: number;
  readonly tag?: string;
  /** How long the account goes on after the start, with its sweep each minute. Until all have ended where left out. */
  readonly lastsMs?: number;
}

export interface RunResult {
  readonly counted: Counted;
  readonly looks: readonly Look[];
  /** How the rollouts ended: phases, or `failed` where the execution did. */
  readonly ends: Readonly<Record<string, number>>;
}

export interface RealRun extends RunResult {
  readonly templates: readonly Template[];
  readonly store: RolloutStore;
  /** When the first image was pushed, as the virtual clock has it. */
  readonly startMs: number;
  /** From the first push to the last end, in simulated time. */
  readonly tookMs: number;
}

/** No rollout of the bench takes longer; one that does counts as running. */
const patienceMs = 4 * 3600_000;

/**
 * So many real rollouts at once: the state machines, the functions and the adapters of the store, of the mesh and of the workload as they are, in
 * embedded clusters, on a virtual clock, in an account whose quotas bind.
 */
export async function runReal(options: RealRunOptions): Promise<RealRun> {
  const { rollouts, plan, quotas, seed, tag = 'v2', lastsMs = 0, store = createMemoryStore() } = options;
  const clock = new VirtualClock(options.startMs === undefined ? {} : { startMs: options.startMs });
  const account = new Account(quotas);
  const random = seededRandom(seed);
  const recorder = new Recorder(clock);
  const clusters = manyClusters();
  const looks: Look[] = [];
  const invocations = new Map<string, Invocation[]>();
  let counting = false;
  const sandbox: Sandbox = await startSandbox({
    clock,
    store,
    services: Array.from({ length: rollouts }, (_, index) => serviceOf(index)),
    surroundings: clusters.start,
    log: lookLog((fields) => {
      recorder.look();
      const rollout = rolloutOfId(String(fields['rolloutId']));
      const isAnswered = fields['verdict'] !== 'unavailable';
      looks.push({ rollout, step: Number(fields['step']), atMs: clock.now(), begins: false, isAnswered });
    }),
    wrapDeps: (deps, name) =>
      limitedPorts(
        { clock, account, recorder, random, by: callerOf(name) },
        {
          ...deps,
          clusters: { open: (endpoint) => clusters.apiOf(endpoint.name) },
          clusterFinder: { find: async (name) => endpointOf(name) },
        },
      ),
    wrapFunction: (name, handler) => async (event) => {
      if (!counting) return handler(event);
      await clock.sleep(invokeMs);
      if (!account.invoke(name, callerOf(name))) throw new TooManyRequests();
      try {
        return await recorder.invocation(
          name,
          () => handler(event),
          (invocation, answer) => {
            const rollout = rolloutOf(event) ?? rolloutOf(answer);
            if (rollout === undefined) return;
            const own = invocations.get(rollout) ?? [];
            invocations.set(rollout, own);
            own.push(invocation);
            if (name === stepBegins) looks.push({ rollout, step: stepOf(event), atMs: clock.now(), begins: true });
          },
        );
      } finally {
        account.leave(name);
      }
    },
    onState: () => void account.enterState(clock.now()),
  });
  try {
    for (let index = 0; index < rollouts; index += 1) {
      const source = scaleSpec(index, clusters.clusterOf(index), sandbox.repositoryOf(serviceOf(index).name), plan);
      await sandbox.functions['ApplySpec']?.({ file: `${source.name}.yaml`, text: specText(source) });
    }
    counting = true;
    account.forget();
    limitStarts(sandbox, account, tag);
    const startMs = clock.now();
    for (let index = 0; index < rollouts; index += 1) {
      sandbox.ecr.push({ repository: sandbox.repositoryOf(serviceOf(index).name), tag });
    }
    while (!haveEnded(sandbox, rollouts) && clock.now() < startMs + patienceMs) await clock.sleep(5_000);
    await clock.sleep(Math.max(0, startMs + lastsMs - clock.now()));
    const own = sandbox.engine.executions.filter(({ machine }) => machine === 'rollout');
    return {
      counted: account.counted(),
      looks,
      ends: endsOf(own),
      templates: own
        .map((execution) => templateOf(execution, invocations.get(rolloutStarted(execution) ?? '') ?? []))
        .filter((template) => template !== undefined),
      store,
      startMs,
      tookMs: Math.max(...own.map(({ endedAtMs = clock.now() }) => endedAtMs)) - startMs,
    };
  } finally {
    await sandbox.close();
  }
}

class TooManyRequests extends Error {
  override readonly name = 'Lambda.TooManyRequestsException';
}

/** EventBridge starts executions, and tries again where Step Functions has too many: the sandbox's bus does so after 1, 2, 4 ... s. */
function limitStarts({ bus, engine, clock }: Sandbox, account: Account, tag: string): void {
  let started = 0;
  const deliver = async (event: unknown) => {
    if (!account.take({ service: 'StartExecution', units: [], requests: 1 }, clock.now())) throw new Error('ThrottlingException');
    await clock.sleep(latencyMs.StartExecution);
    started += 1;
    // The bus counts its events from 1 with each run, and a rollout takes an id that it has seen for a second delivery.
    await engine.start('rollout', `push-${tag}-${started}`, { ...Object(event), id: `push-${tag}-${started}` });
  };
  bus.putRule({ name: 'image-push', pattern: eventPatterns.imagePush, targets: [{ id: 'rollout', deliver }] });
}

function haveEnded({ engine }: Sandbox, rollouts: number): boolean {
  const executions = engine.executions;
  return executions.length >= rollouts && executions.every(({ status }) => status !== 'running');
}

function endsOf(executions: readonly SandboxExecution[]): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const execution of executions) {
    const end = execution.status === 'succeeded' ? (execution.states.at(-1)?.state ?? 'succeeded') : execution.status;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

function rolloutStarted({ input }: SandboxExecution): string | undefined {
  const name = (input as { detail?: { 'repository-name'?: string } }).detail?.['repository-name'];
  return name?.split('/').at(-1);
}

function callerOf(name: string | undefined): Caller {
  return name === 'Sweep' ? 'sweep' : 'rollout';
}

function rolloutOf(value: unknown): string | undefined {
  const rollout = (value as { rollout?: unknown } | undefined)?.rollout;
  return typeof rollout === 'string' ? rollout : undefined;
}

function stepOf(payload: unknown): number {
  return Number((payload as { stepIndex?: unknown }).stepIndex);
}

/** `service-1-3` is the third rollout of `service-1`. */
function rolloutOfId(rolloutId: string): string {
  return rolloutId.slice(0, rolloutId.lastIndexOf('-'));
}

function endpointOf(name: string) {
  return { name, endpoint: 'http://127.0.0.1:9', certificateAuthority: '' };
}

/** Hears of each analysis; keeps nothing else, since lines that are kept would be most of the memory. */
function lookLog(onLook: (fields: LogFields) => void, own: LogFields = {}): Log {
  return {
    info: (_message, fields = {}) => {
      if ('verdict' in fields) onLook({ ...own, ...fields });
    },
    warn: () => undefined,
    error: () => undefined,
    metrics: () => undefined,
    with: (fields) => lookLog(onLook, { ...own, ...fields }),
  };
}

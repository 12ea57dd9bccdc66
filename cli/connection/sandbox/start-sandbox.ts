import { StoreUnavailableError } from '../../../core/errors.ts';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import type { ApplyRequest, Connection } from '../connection.ts';
import { connectTo } from '../controller.ts';
import { Playground } from './playground.ts';

export interface SandboxConnectionOptions {
  readonly clock: SandboxClock;
  /** How fast the clock goes: a fast one gets fewer requests a second, so that the machine keeps up. */
  readonly speed: number;
  readonly specs: readonly ApplyRequest[];
  /** Who is recorded as the one who asked. */
  readonly by: string;
}

export interface RunningSandbox {
  readonly connection: Connection;
  /** For `abort --direct`, which needs a kubeconfig alone. */
  readonly kubernetesUrl: string;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

/**
 * A whole AWS and cluster in this process, with the services that the specs speak of. It runs what AWS would run: the same functions
 * and state machines.
 *
 * @throws SpecInvalidError where one of the specs does not hold.
 */
export async function startSandboxConnection(options: SandboxConnectionOptions): Promise<RunningSandbox> {
  const { clock, speed, specs } = options;
  const sandbox = await startSandbox({
    clock,
    services: [],
    scrapeIntervalMs: Math.max(1000, Math.min(2000, 50 * speed)),
    // The embedded Prometheus has no rules: an alarm of the same name stands in for each alert.
    wrapDeps: (deps) => ({ ...deps, prometheus: (url) => ({ ...deps.prometheus(url), alerts: deps.alarms }) }),
  });
  const playground = new Playground(sandbox, Math.max(2, Math.min(40, 200 / speed)));
  const close = async () => {
    playground.close();
    await sandbox.close();
  };
  const connection = furnished(connect(sandbox, options.by), playground);
  try {
    for (const spec of specs) await connection.apply(spec);
  } catch (error) {
    await close();
    throw error;
  }
  return { connection, kubernetesUrl: sandbox.kubernetes.url, sandbox, close };
}

function connect(sandbox: Sandbox, by: string): Connection {
  const { clock, engine, functions, deps } = sandbox;
  return connectTo({
    where: 'the sandbox',
    clock,
    by,
    store: deps.store,
    invoke: async (name, input) => {
      const handler = functions[name];
      if (handler === undefined) throw new StoreUnavailableError(`The sandbox has no function ${name}.`, { remedy: 'Start it again.' });
      return handler(input);
    },
    async startExecution(name, input) {
      return (await engine.start('rollout', name, input)) === 'started' ? engine.arnOf('rollout', name) : undefined;
    },
    async describeExecution(arn) {
      const execution = engine.executions.find((each) => each.arn === arn);
      if (execution === undefined) return { status: 'unknown' };
      const { status, error, cause, output } = execution;
      const { reason } = (output ?? {}) as { reason?: string };
      return {
        status,
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
        ...(reason === undefined ? {} : { reason }),
      };
    },
  });
}

/** In the sandbox a spec brings its service along, and a start its image. */
function furnished(connection: Connection, playground: Playground): Connection {
  return {
    ...connection,
    async apply({ file, text }) {
      const local = playground.localise(text, file);
      await playground.furnish(local, file);
      return connection.apply({ file, text: local });
    },
    async start(request) {
      await playground.provideImage(request);
      return connection.start(request);
    },
  };
}

import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { systemClock } from '../../../adapters/clock.ts';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import type { ApplyRequest, Connection } from '../connection.ts';
import { startControlApi } from './control-api.ts';
import { connectToSandbox, isAlive } from './control-client.ts';
import { createPacedClock } from './pace.ts';
import { startSandboxConnection } from './start-sandbox.ts';
import { readStateFile, removeStateFile, stateFilePath, writeStateFile } from './state-file.ts';

export interface SandboxOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly speed: number;
  /** Called where a sandbox is to be started: what is to run in it. */
  readonly readSpecs: () => Promise<readonly ApplyRequest[]>;
  readonly clock?: SandboxClock;
}

export interface SandboxSession {
  readonly connection: Connection;
  /** This process holds the sandbox: it ends with it. */
  readonly own: boolean;
  readonly kubernetesUrl: string;
  close(): Promise<void>;
}

/**
 * The sandbox that runs, or one that is started here and that other terminals then find. A file that a sandbox left behind when it was
 * killed is noticed, because nobody answers to its token, and is replaced.
 */
export async function connectSandbox(options: SandboxOptions): Promise<SandboxSession> {
  const path = stateFilePath(options.environment);
  const found = await readStateFile(path);
  if (found !== undefined && (await isAlive(found))) {
    const { kubernetesUrl } = found;
    return { connection: connectToSandbox(found, systemClock), own: false, kubernetesUrl, close: async () => undefined };
  }
  const running = await startSandboxConnection({
    clock: options.clock ?? createPacedClock(options.speed),
    speed: options.speed,
    specs: await options.readSpecs(),
    by: userInfo().username,
  });
  const token = randomBytes(32).toString('base64url');
  const api = await startControlApi(running.connection, token);
  await writeStateFile(path, { port: api.port, token, kubernetesUrl: running.kubernetesUrl });
  return {
    connection: running.connection,
    own: true,
    kubernetesUrl: running.kubernetesUrl,
    close: async () => {
      await removeStateFile(path, token);
      await api.close();
      await running.close();
    },
  };
}

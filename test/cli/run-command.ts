import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ExitCode } from '../../cli/output/exit-code.ts';
import type { Io } from '../../cli/output/io.ts';
import { type Connector, run } from '../../cli/run.ts';

export interface CommandResult {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

const noConnector: Connector = async () => {
  throw new Error('This command was not to connect.');
};

export interface CommandOptions {
  readonly connect?: Connector;
  readonly cwd?: string;
  readonly environment?: Io['environment'];
  readonly terminal?: boolean;
  readonly clock?: Io['clock'];
  readonly interrupted?: AbortSignal;
}

/** Runs the command in this process, and keeps what it prints. */
export async function sluice(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    environment: options.environment ?? {},
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    cwd: options.cwd ?? process.cwd(),
    terminal: options.terminal ?? false,
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  const code = await run(argv, io, options.connect ?? noConnector);
  return { code, out, err };
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'sluice-cli-'));
}

/** A kubeconfig of the sandbox's cluster, in that folder, for a user with these credentials. */
export async function writeKubeconfig(
  cwd: string,
  server: string,
  user: Readonly<Record<string, unknown>> = { token: 'k8s-aws-v1.me' },
): Promise<void> {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sandbox',
    clusters: [{ name: 'sandbox', cluster: { server } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'me' } }],
  });
  await writeFile(join(cwd, 'kubeconfig'), text);
}

import { CommanderError } from 'commander';
import { InvalidInputError } from '../core/errors.ts';
import type { CommandContext, Run } from './commands/command.ts';
import { readSpecFiles } from './commands/spec-files.ts';
import type { Connection } from './connection/connection.ts';
import { paintFor, wantsColour } from './output/colour.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './output/exit-code.ts';
import { type Io, untilAborted } from './output/io.ts';
import { ownName } from './output/own-name.ts';
import { describe, formatError } from './output/print-error.ts';
import { createProgram, type GlobalOptions } from './program.ts';

/** A connection, and what has to be done before the process may end. */
export interface OpenConnection {
  readonly connection: Connection;
  /** Set where this process holds the sandbox: what to tell the person, who ends it with Ctrl-C. */
  readonly keptUp?: string;
  close(): Promise<void>;
}

/** How a controller is reached; a test gives its own. */
export type Connector = (options: GlobalOptions, io: Io) => Promise<OpenConnection>;

/** One run of the command: reads the arguments, does what they say, prints, and answers the exit code. Throws nothing. */
export async function run(argv: readonly string[], io: Io, connect: Connector = connectByDefault): Promise<ExitCode> {
  let chosen: { readonly run: Run; readonly options: GlobalOptions } | undefined;
  const program = createProgram((command, options) => {
    chosen = { run: command, options };
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    throw error;
  }
  return chosen === undefined ? exitCodes.usage : perform(chosen.run, chosen.options, io, connect);
}

async function perform(command: Run, options: GlobalOptions, io: Io, connect: Connector): Promise<ExitCode> {
  const { json = false, verbose = false } = options;
  const paint = paintFor(wantsColour({ terminal: io.terminal, noColour: !options.color, environment: io.environment }));
  let open: Promise<OpenConnection> | undefined;
  const context: CommandContext = {
    io,
    json,
    paint,
    ownName: nameOf(options, io),
    print: (data, text) => io.out(json ? `${JSON.stringify(data, null, 2)}\n` : `${text.trimEnd()}\n`),
    async connect() {
      open ??= connect(options, io);
      return (await open).connection;
    },
  };
  const failed = (error: unknown): ExitCode => {
    if (json) io.out(`${JSON.stringify({ error: describe(error) }, null, 2)}\n`);
    else io.err(`${formatError(error, { paint, verbose })}\n`);
    return exitCodeOf(error);
  };
  let code: ExitCode;
  try {
    code = await command(context);
  } catch (error) {
    code = failed(error);
  }
  const opened = await open?.catch(() => undefined);
  if (opened === undefined) return code;
  if (opened.keptUp !== undefined && options.once !== true && !io.interrupted.aborted) {
    io.err(opened.keptUp);
    await untilAborted(io.interrupted);
  }
  await opened.close();
  const { aborted } = io.interrupted;
  if (aborted && opened.keptUp !== undefined) io.err('\nThe sandbox has ended, with all that ran in it.\n');
  else if (code === exitCodes.interrupted) io.err(`\nThe rollout goes on; see \`${nameOf(options, io)} status\`.\n`);
  return code;
}

function nameOf({ sandbox }: GlobalOptions, { environment }: Io): string {
  return `${ownName(environment)}${sandbox === true ? ' --sandbox' : ''}`;
}

/** The sandbox and the AWS clients are loaded only by who needs them, so that `sluice lint` is quick. */
const connectByDefault: Connector = async (options, io) => {
  if (options.sandbox === true) return openSandbox(options, io);
  const [{ connectAws }, { defaultProvider }, { systemClock }] = await Promise.all([
    import('./connection/aws/connect-aws.ts'),
    import('@aws-sdk/credential-provider-node'),
    import('../adapters/clock.ts'),
  ]);
  const connection = await connectAws({
    region: options.region,
    prefix: options.prefix,
    environment: io.environment,
    credentials: defaultProvider(),
    fetch: globalThis.fetch,
    clock: systemClock,
  });
  return { connection: refuseBad(connection), close: async () => undefined };
};

/** The rest of the command runs on Node 20 too. */
const oldestNodeOfSandbox = 22;

async function openSandbox(options: GlobalOptions, io: Io): Promise<OpenConnection> {
  if (Number.parseInt(process.versions.node, 10) < oldestNodeOfSandbox) {
    throw new InvalidInputError(`The sandbox needs Node ${oldestNodeOfSandbox} or later; this is ${process.versions.node}.`, {
      remedy: 'Run it by `npm run sluice -- --sandbox …`, which brings its own Node.',
    });
  }
  const { connectSandbox } = await import('./connection/sandbox/connect-sandbox.ts');
  const session = await connectSandbox({
    environment: io.environment,
    speed: options.speed,
    readSpecs: async () => {
      io.err('Starting a sandbox …\n');
      return readSpecFiles(io.cwd, []);
    },
  });
  const { connection, close } = session;
  return session.own ? { connection, keptUp: keptUpText(options, io, session.kubernetesUrl), close } : { connection, close };
}

function keptUpText(options: GlobalOptions, io: Io, kubernetesUrl: string): string {
  const name = nameOf(options, io);
  return `
The sandbox stays up, its clock up to ${options.speed} times as fast as yours; Ctrl-C ends it. From another terminal:
  ${name} start <rollout> v2          a healthy version
  ${name} start <rollout> v3 --bad    one that answers errors
  ${name} watch <rollout>
Its cluster's API, for any token that begins with k8s-aws-v1.: ${kubernetesUrl}
`;
}

function refuseBad(connection: Connection): Connection {
  return {
    ...connection,
    start: async (request) => {
      if (request.bad === true) throw new InvalidInputError('--bad is for the sandbox.', { remedy: 'Add --sandbox, or leave it out.' });
      return connection.start(request);
    },
  };
}

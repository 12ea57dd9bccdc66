import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { systemClock } from '../../adapters/clock.ts';
import { openAwsAccount } from './account/aws-account.ts';
import { newId } from './names.ts';
import { run } from './run.ts';

const interrupted = new AbortController();
const hurry = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => (interrupted.signal.aborted ? hurry : interrupted).abort());
}

const code = await run(
  process.argv.slice(2),
  {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stdin.isTTY === true,
    ask,
    interrupted: interrupted.signal,
    hurry: hurry.signal,
    newId: () => newId(randomBytes),
  },
  (setting) =>
    openAwsAccount(setting, {
      environment: process.env,
      credentials: defaultProvider(),
      fetch: globalThis.fetch,
      clock: systemClock,
      cwd: process.cwd(),
    }),
);
// What was written to a pipe may still be on its way.
process.stdout.write('', () => process.exit(code));

/** Ctrl-C at the question is no answer, and nothing is made. */
async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal: interrupted.signal });
  } catch {
    return '';
  } finally {
    terminal.close();
  }
}

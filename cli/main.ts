import { run } from './run.ts';

const interrupted = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl-C does not wait for what the first one ends.
  if (interrupted.signal.aborted) process.exit(130);
  interrupted.abort();
});
process.on('SIGTERM', () => interrupted.abort());

const code = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  environment: process.env,
  cwd: process.cwd(),
  terminal: process.stdout.isTTY === true,
  interrupted: interrupted.signal,
});
// What was written to a pipe may still be on its way.
process.stdout.write('', () => process.exit(code));

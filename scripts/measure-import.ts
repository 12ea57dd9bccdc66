import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const emptyModule = 'data:text/javascript,export{}';

/** Milliseconds from asking for a module to having it, in a new process, less what an empty module takes: the median of the runs. */
export async function measureImportMs(url: string, runs: number): Promise<number> {
  return Math.max(0, (await medianMs(url, runs)) - (await medianMs(emptyModule, runs)));
}

async function medianMs(url: string, runs: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < runs; count += 1) times.push(await importOnceMs(url));
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}

async function importOnceMs(url: string): Promise<number> {
  const program = 'const from = performance.now(); await import(process.argv[1]); console.log(performance.now() - from);';
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, url], { env: { AWS_REGION: 'eu-west-1' } });
  return Number(stdout);
}

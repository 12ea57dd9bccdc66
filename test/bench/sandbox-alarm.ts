import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { run } from '../localstack/engine/run.ts';

const program = fileURLToPath(new URL('sandbox-alarm-main.ts', import.meta.url));
const lastLine = z.array(z.number());

/** Milliseconds from the alarm's event on the sandbox's bus to the weight written. */
export interface SandboxAlarms {
  /** The first alarm of each process. */
  readonly cold: readonly number[];
  readonly warm: readonly number[];
}

/**
 * Measures in processes of their own, since the sandbox's functions start no worker: what comes closest to a cold one is the first alarm
 * that a process hears.
 *
 * @throws Error where a process does not end well; with what it said last.
 */
export async function measureSandboxAlarms(counts: { readonly cold: number; readonly warm: number }): Promise<SandboxAlarms> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let index = 0; index < counts.cold; index += 1) {
    // Shared among the processes, the earlier ones taking what does not divide.
    const further = Math.ceil((counts.warm - warm.length) / (counts.cold - index));
    const { code, output } = await run(process.execPath, [program, String(1 + further)]);
    if (code !== 0) throw new Error(`the sandbox's alarms could not be measured: ${output.split('\n').slice(-5).join(' ')}`);
    const [first, ...others] = lastLine.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
    if (first !== undefined) cold.push(first);
    warm.push(...others);
  }
  return { cold, warm };
}

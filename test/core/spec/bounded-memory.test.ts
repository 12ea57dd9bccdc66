import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

interface Harm {
  readonly reader: 'spec' | 'alerts' | 'event' | 'careless';
  readonly text: string;
}

/** Of whoever reads: less than half of what the smallest of Sluice's functions has. */
const heapMb = 192;

/** What becomes of texts in a worker whose heap has a limit: `read`, or the code of what ended it. */
function readWithin(harms: readonly Harm[]): Promise<string> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./bounded-memory.worker.ts', import.meta.url), {
      workerData: harms,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
    });
    worker.on('message', () => resolve('read'));
    worker.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const names = Array.from({ length: 12 }, (_, index) => String.fromCharCode(97 + index));
const bomb = (first: string, each: (before: string) => string) =>
  names.map((name, level) => `${name}: &${name} ${level === 0 ? first : each(`*${names[level - 1]}`)}`).join('\n');
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const kilobytes256 = 256 * 1024;

const harms: readonly Harm[] = [
  // Each a list of nine of the one before it, twelve times: 282,429,536,481 texts.
  { reader: 'spec', text: bomb('[ha]', (before) => `[${Array(9).fill(before).join(', ')}]`) },
  { reader: 'spec', text: bomb('{ k: v }', (before) => `{ <<: [${Array(9).fill(before).join(', ')}] }`) },
  { reader: 'spec', text: deep(kilobytes256 / 2) },
  { reader: 'spec', text: `name: ${'a'.repeat(10_000_000)}` },
  { reader: 'spec', text: Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n') },
  { reader: 'alerts', text: `{"alerts":${deep(100_000)}}` },
  { reader: 'alerts', text: `{"version":"4","alerts":[${Array(12_000).fill('{"status":"firing"}').join(',')}]}` },
  { reader: 'event', text: deep(5_000) },
];

describe('memory', () => {
  it('is not exhausted by what means harm: bombs, depth, size and number', async () => {
    expect(await readWithin(harms)).toBe('read');
  });

  it('would be, by a reader who expands what means harm', async () => {
    expect(await readWithin([{ reader: 'careless', text: 'a'.repeat(100_000) }])).toBe('ERR_WORKER_OUT_OF_MEMORY');
  });
});

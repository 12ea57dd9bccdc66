import { Worker } from 'node:worker_threads';
import { latencyNoises } from './latency/latency-world.ts';
import type { Settings } from './measure-service.ts';
import type { JudgeOptions } from './options.ts';
import type { Job, JudgeRun, Measured } from './run.ts';

/** Every service of every part that was asked for. */
export function jobsOf({ parts, noise, usual, rps }: Pick<JudgeOptions, 'parts' | 'noise' | 'usual' | 'rps'>): Job[] {
  const services = noise.flatMap((each) =>
    usual.flatMap((usualShare) => rps.map((requestsPerSecond) => ({ requestsPerSecond, usualShare, noise: each }))),
  );
  const ofLatency = latencyNoises
    .filter((each) => noise.includes(each))
    .flatMap((each) => rps.map((requestsPerSecond) => ({ requestsPerSecond, noise: each })));
  return parts.flatMap((part): Job[] =>
    part === 'latency' ? ofLatency.map((service) => ({ part, service })) : services.map((service) => ({ part, service })),
  );
}

/** The services are dealt out to workers, one at a time, and told as they come in. */
export async function measureAll(
  jobs: readonly Job[],
  settings: Settings,
  workers: number,
  tell: (measured: Measured) => void,
): Promise<JudgeRun> {
  const waiting = jobs.map((job, index) => ({ job, index }));
  const measured: Measured[] = [];
  await Promise.all(
    Array.from({ length: Math.min(workers, jobs.length) }, async () => {
      const worker = new Worker(new URL('./service-worker.ts', import.meta.url));
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const answer = await ask(worker, { job: next.job, settings });
          measured[next.index] = answer;
          tell(answer);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return {
    settings,
    cells: measured.flatMap((each) => (each.part === 'shares' ? each.cells : [])),
    doubt: measured.flatMap((each) => (each.part === 'doubt' ? each.cells : [])),
    fullWeight: measured.flatMap((each) => (each.part === 'fullWeight' ? each.cells : [])),
    latency: measured.flatMap((each) => (each.part === 'latency' ? each.cells : [])),
  };
}

function ask(worker: Worker, message: { readonly job: Job; readonly settings: Settings }): Promise<Measured> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(message);
  });
}

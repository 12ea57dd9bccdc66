import { parentPort } from 'node:worker_threads';
import { measureLatency } from './latency/measure-latency.ts';
import { measureDoubt } from './measure-doubt.ts';
import { measureFullWeight } from './measure-full-weight.ts';
import { measureService, type Settings } from './measure-service.ts';
import type { Job, Measured } from './run.ts';

parentPort?.on('message', ({ job, settings }: { job: Job; settings: Settings }) => parentPort?.postMessage(measure(job, settings)));

function measure(job: Job, settings: Settings): Measured {
  switch (job.part) {
    case 'shares':
      return { part: job.part, cells: measureService(job.service, settings) };
    case 'doubt':
      return { part: job.part, cells: measureDoubt(job.service, settings) };
    case 'fullWeight':
      return { part: job.part, cells: measureFullWeight(job.service, settings) };
    case 'latency':
      return { part: job.part, cells: measureLatency(job.service, settings) };
  }
}

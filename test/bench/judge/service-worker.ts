import { parentPort } from 'node:worker_threads';
import { measureService, type Service, type Settings } from './measure-service.ts';

parentPort?.on('message', ({ service, settings }: { service: Service; settings: Settings }) => {
  parentPort?.postMessage(measureService(service, settings));
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap that are in use once all that nobody needs any more was collected. */
export function heapAfterCollection(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

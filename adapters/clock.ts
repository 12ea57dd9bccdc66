import type { Clock } from '../core/ports.ts';

/** setTimeout fires at once beyond 2^31 ms (about 25 days); a longer wait is made of several. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Real time, as the machine tells it. On AWS, Lambda keeps the machine's clock in step with Amazon Time Sync. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let leftMs = ms; leftMs > 0 && !signal?.aborted; leftMs -= longestTimeoutMs) {
      await timeout(Math.min(leftMs, longestTimeoutMs), signal);
    }
  },
};

function timeout(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(handle);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const handle = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

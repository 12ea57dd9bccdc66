import type { SandboxClock } from '../clock.ts';

/**
 * A fetch that a virtual clock stands still for until the whole answer has arrived, body and all. Without it, time would jump
 * between the head of an answer and its body.
 */
export function busyFetch(clock: SandboxClock, fetch: typeof globalThis.fetch = globalThis.fetch): typeof globalThis.fetch {
  return (input, init) =>
    clock.busy(async () => {
      const response = await fetch(input, init);
      const body = await response.arrayBuffer();
      const { status, statusText, headers } = response;
      return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
    });
}

import * as z from 'zod/mini';
import { systemClock } from '../../../../adapters/clock.ts';
import { metadata } from '../api/object.ts';
import type { RawApi } from '../api/raw-api.ts';
import { type PodObject, podObject } from './pod-object.ts';

const podList = z.object({ metadata, items: z.array(podObject) });
const watchEvent = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: podObject }),
  z.object({ type: z.literal('ERROR') }),
]);

export interface PodListener {
  /** A pod as it is now, whenever it may have changed. */
  seen(pod: PodObject): void;
  gone(uid: string): void;
}

/**
 * Lists, then watches, and begins again whenever that breaks off, until the signal; and from time to time of its own accord, since a watch that
 * tells nothing any more looks like one with nothing to tell.
 */
export async function watchPods(
  api: RawApi,
  listener: PodListener,
  signal: AbortSignal,
  { watchSeconds = 60 }: { readonly watchSeconds?: number } = {},
): Promise<void> {
  const known = new Set<string>();
  const tell = (pod: PodObject) => {
    known.add(pod.metadata.uid);
    listener.seen(pod);
  };
  const forget = (uid: string) => {
    if (known.delete(uid)) listener.gone(uid);
  };
  while (!signal.aborted) {
    try {
      const { status, body } = await api.ask('GET', '/api/v1/pods');
      if (status !== 200) throw new Error(`The list of pods was answered ${status}.`);
      const list = podList.parse(JSON.parse(body));
      const present = new Set(list.items.map((pod) => pod.metadata.uid));
      for (const uid of [...known].filter((each) => !present.has(each))) forget(uid);
      for (const pod of list.items) tell(pod);
      const ended = new AbortController();
      // The server ends it in good order; it is broken off where the server does not.
      const query = `watch=true&timeoutSeconds=${Math.ceil(watchSeconds)}&resourceVersion=${list.metadata.resourceVersion ?? ''}`;
      const tooLong = AbortSignal.timeout(watchSeconds * 1500);
      await api.watch(
        `/api/v1/pods?${query}`,
        (line) => {
          const event = watchEvent.parse(line);
          if (!('object' in event)) ended.abort();
          else if (event.type === 'DELETED') forget(event.object.metadata.uid);
          else tell(event.object);
        },
        AbortSignal.any([signal, ended.signal, tooLong]),
      );
    } catch (error) {
      if (!signal.aborted) console.error(`The watch of pods begins anew: ${String(error)}`);
    }
    await systemClock.sleep(100, signal);
  }
}

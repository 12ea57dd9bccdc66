import type { ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import type { ApiRequest } from './api-request.ts';
import type { LabelSelector } from './label-selector.ts';
import type { Change, ObjectStore, StoredObject } from './object-store.ts';
import { expired } from './status.ts';

/**
 * Streams changes as lines of JSON until the client goes, or `timeoutSeconds` of its query are over. Without resourceVersion
 * (or with 0) it begins with what there is, as ADDED. Objects that come to match the selector are ADDED, and those that
 * cease to are DELETED, as in the API.
 */
export function serveWatch(
  store: ObjectStore,
  clock: SandboxClock,
  request: ApiRequest,
  selector: LabelSelector,
  response: ServerResponse,
): void {
  const since = Number(request.query.get('resourceVersion') ?? '0');
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);

  const relevant = ({ metadata }: StoredObject) =>
    (request.namespace === '' || metadata.namespace === request.namespace) &&
    (request.name === '' || metadata.name === request.name) &&
    selector(metadata.labels ?? {});
  const tell = (change: Change) => {
    if (change.resource !== request.type) return;
    const type = typeFor(change, relevant);
    if (type !== undefined) send(type, change.object);
  };

  if (since === 0) {
    for (const object of store.list(request.type, request.namespace).filter(relevant)) send('ADDED', object);
  } else {
    const missed = store.changesAfter(since);
    if (missed === undefined) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: expired(since, store.resourceVersion) })}\n`);
      return;
    }
    for (const change of missed) tell(change);
  }

  const stopListening = store.onChange(tell);
  const timeoutMs = Number(request.query.get('timeoutSeconds') ?? '0') * 1000;
  const cancelTimeout = timeoutMs > 0 ? clock.timer(timeoutMs, () => response.end()) : () => undefined;
  response.on('close', () => {
    stopListening();
    cancelTimeout();
  });
}

/** What a change means to somebody who sees only a part of the objects; undefined where it means nothing. */
function typeFor(change: Change, relevant: (object: StoredObject) => boolean): Change['type'] | undefined {
  const before = change.type === 'DELETED' ? relevant(change.object) : change.previous !== undefined && relevant(change.previous);
  const after = change.type !== 'DELETED' && relevant(change.object);
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : undefined;
}

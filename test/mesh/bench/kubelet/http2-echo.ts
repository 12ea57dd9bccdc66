import { createServer } from 'node:http2';
import type { Server } from 'node:net';
import type { PodSelf } from './pod-servers.ts';

/**
 * HTTP/2 without TLS. Whatever comes in a stream is sent back in it, with the trailers that end a gRPC call well, so that any method of any
 * gRPC service is an echo: its frames look the same in both directions. An error is gRPC's UNAVAILABLE.
 */
export function createHttp2Echo(self: PodSelf): Server {
  const server = createServer();
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    const { version, pod, conduct, received } = self;
    received[/-shadow(:\d+)?$/.test(headers[':authority'] ?? '') ? 'mirrored' : 'requests'] += 1;
    stream.on('error', () => undefined);
    const isGood = conduct.status() === 200;
    const type = headers['content-type'] ?? 'application/octet-stream';
    const own = { ':status': 200, 'content-type': type, 'x-version': version, 'x-pod': pod };
    const begin = () => {
      if (stream.destroyed) return;
      if (!isGood) {
        stream.respond({ ...own, 'grpc-status': '14', 'grpc-message': 'told to fail' }, { endStream: true });
        return;
      }
      stream.respond(own, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.pipe(stream);
    };
    setTimeout(begin, conduct.latencyMs());
  });
  return server;
}

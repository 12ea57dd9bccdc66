import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PodSelf } from './pod-servers.ts';

/** From RFC 6455, section 1.3. */
const handshakeGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * A WebSocket that says its version first, and then sends every text back. Only for texts of fewer than 126 bytes, each in one frame, which
 * is what tests send. Source: RFC 6455, sections 4.2.2 and 5.2.
 */
export function upgradeToWebSocket({ version, pod, received }: PodSelf, request: IncomingMessage, socket: Duplex): void {
  received.requests += 1;
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${handshakeGuid}`).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  socket.write([...lines, `x-version: ${version}`, `x-pod: ${pod}`, '', ''].join('\r\n'));
  socket.write(textFrame(Buffer.from(version)));
  let pending = Buffer.alloc(0);
  socket.on('error', () => undefined);
  // Servers of node:http leave their half of a connection open.
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = firstFrame(pending); frame !== undefined; frame = firstFrame(pending)) {
      pending = pending.subarray(frame.bytes);
      if (frame.opcode === 8) socket.end(Buffer.from([0x88, 0]));
      else if (frame.opcode === 1) socket.write(textFrame(frame.payload));
    }
  });
}

function textFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

/** A client's frame: two bytes, a mask of four, and the masked payload; undefined while it is not whole. */
function firstFrame(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly bytes: number } | undefined {
  const length = (bytes[1] ?? 0) & 0x7f;
  if (bytes.length < 6 + length) return undefined;
  const mask = bytes.subarray(2, 6);
  const payload = Buffer.from(bytes.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, bytes: 6 + length };
}

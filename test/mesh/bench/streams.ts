import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** An open stream through the mesh to one pod, which sends back what it gets. */
export interface OpenStream {
  /** Of the pod at the other end. */
  readonly version: string;
  /** Sends a text of fewer than 126 bytes and resolves with what comes back. Rejects where the stream ends before. One at a time. */
  echo(text: string): Promise<string>;
  /** Resolves when the stream is over, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface StreamTarget {
  /** The Host header, or what HTTP/2 calls the authority. */
  readonly host: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A WebSocket (RFC 6455). Rejects where the answer is no upgrade. */
export async function openWebSocket(url: string, { host, path = '/', headers = {} }: StreamTarget): Promise<OpenStream> {
  const handshake = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const key = randomBytes(16).toString('base64');
  const [socket, version] = await new Promise<[Duplex, string]>((resolve, reject) => {
    request(`${url}${path}`, { agent: false, headers: { ...headers, host, ...handshake, 'sec-websocket-key': key } })
      .on('upgrade', (answer, upgraded, head) => {
        if (head.length > 0) upgraded.unshift(head);
        resolve([upgraded, String(answer.headers['x-version'])]);
      })
      .on('response', ({ statusCode }) => reject(new Error(`The upgrade was answered ${statusCode}.`)))
      .on('error', reject)
      .end();
  });
  const messages = new Messages(socket, (bytes) => {
    const length = (bytes[1] ?? 0) & 0x7f;
    return bytes.length < 2 + length ? undefined : { message: bytes.subarray(2, 2 + length), bytes: 2 + length };
  });
  await messages.next();
  return streamOf(socket, version, messages, (text) => {
    const mask = randomBytes(4);
    const payload = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, payload]);
  });
}

/** A bidirectional gRPC stream over HTTP/2 without TLS; its messages are texts. */
export async function openGrpcStream(url: string, { host, path = '/bench.Echo/Stream', headers = {} }: StreamTarget): Promise<OpenStream> {
  const session = connectHttp2(url);
  session.on('error', () => undefined);
  const own = { ':method': 'POST', ':path': path, ':authority': host, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request({ ...headers, ...own });
  stream.on('close', () => session.close());
  const [answer] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>];
  if (answer[':status'] !== 200 || answer['grpc-status'] !== undefined) {
    session.destroy();
    throw new Error(`The call was answered ${answer[':status']}, gRPC ${answer['grpc-status']}.`);
  }
  const messages = new Messages(stream, (bytes) => {
    if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt32BE(1)) return undefined;
    return { message: bytes.subarray(5, 5 + bytes.readUInt32BE(1)), bytes: 5 + bytes.readUInt32BE(1) };
  });
  return streamOf(stream, String(answer['x-version']), messages, (text) => {
    const payload = Buffer.from(text);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(payload.length, 1);
    return Buffer.concat([prefix, payload]);
  });
}

/** A TCP connection to a `tcp…` port; which pod it leads to follows from the address alone. */
export async function openTcp(address: string, port: number): Promise<OpenStream> {
  const socket = connect({ host: address, port, noDelay: true });
  await once(socket, 'connect');
  const messages = new Messages(socket, (bytes) => {
    const end = bytes.indexOf('\n');
    return end < 0 ? undefined : { message: bytes.subarray(0, end), bytes: end + 1 };
  });
  const version = await messages.next();
  return streamOf(socket, version, messages, (text) => Buffer.from(`${text}\n`));
}

/** Finds the first message in what came; undefined while it is not whole. */
type FirstMessage = (bytes: Buffer) => { readonly message: Buffer; readonly bytes: number } | undefined;

class Messages {
  readonly closed: Promise<void>;
  readonly #ready: string[] = [];
  #waiting: PromiseWithResolvers<string> | undefined;
  #isOver = false;

  constructor(source: Duplex, first: FirstMessage) {
    let pending = Buffer.alloc(0);
    source.on('error', () => undefined);
    source.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let found = first(pending); found !== undefined; found = first(pending)) {
        pending = pending.subarray(found.bytes);
        this.#take(found.message.toString());
      }
    });
    this.closed = new Promise((resolve) => {
      source.once('close', () => {
        this.#isOver = true;
        this.#waiting?.reject(new Error('The stream ended.'));
        resolve();
      });
    });
  }

  next(): Promise<string> {
    const message = this.#ready.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#isOver) return Promise.reject(new Error('The stream ended.'));
    this.#waiting = Promise.withResolvers<string>();
    return this.#waiting.promise;
  }

  #take(message: string): void {
    if (this.#waiting === undefined) this.#ready.push(message);
    else this.#waiting.resolve(message);
    this.#waiting = undefined;
  }
}

function streamOf(stream: Duplex, version: string, messages: Messages, encode: (text: string) => Buffer): OpenStream {
  return {
    version,
    closed: messages.closed,
    echo(text) {
      stream.write(encode(text));
      return messages.next();
    },
    close: () => void stream.destroy(),
  };
}

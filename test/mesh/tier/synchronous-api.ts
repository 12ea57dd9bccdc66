import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ApiAccess, RawAnswer } from '../bench/api/raw-api.ts';

const worker = `
const { workerData, parentPort } = require('node:worker_threads');
const { request, Agent } = require('node:https');
const { port, signal, access } = workerData;
const agent = new Agent({ keepAlive: true, ca: access.ca });
parentPort.on('message', ({ method, path, body, contentType }) => {
  const done = (answer) => {
    port.postMessage(answer);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  const headers = { accept: 'application/json', authorization: 'Bearer ' + access.token, 'content-type': contentType };
  const outgoing = request(access.url + path, { method, agent, headers, timeout: 10000 }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => done({ status: answer.statusCode, body: text }));
  });
  outgoing.on('error', (error) => done({ status: 0, body: String(error) }));
  outgoing.end(body);
});
`;

/**
 * Requests that are answered before the call returns: what a story does with the cluster, it does at once, as in the sandbox. A thread of its
 * own waits for the answer.
 */
export class SynchronousApi {
  readonly #worker: Worker;
  readonly #port;
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));

  constructor(access: ApiAccess) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(worker, { eval: true, workerData: { port: port2, signal: this.#signal, access }, transferList: [port2] });
    this.#worker.unref();
  }

  ask(method: string, path: string, body: unknown, contentType: string): RawAnswer {
    Atomics.store(this.#signal, 0, 0);
    this.#worker.postMessage({ method, path, body: JSON.stringify(body), contentType });
    if (Atomics.wait(this.#signal, 0, 0, 15_000) === 'timed-out') throw new Error(`${method} ${path} was not answered within 15 s.`);
    return (receiveMessageOnPort(this.#port) as { readonly message: RawAnswer }).message;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

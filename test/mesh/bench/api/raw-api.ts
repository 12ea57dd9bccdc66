import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** Where a Kubernetes API is, and with which token it is asked; on loopback it may do without TLS and token. */
export interface ApiAccess {
  readonly url: string;
  /** PEM. */
  readonly ca?: string;
  readonly token?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** The Kubernetes API as it is on the wire: what the port `KubernetesApi` has no words for, such as watches and other subresources. */
export class RawApi {
  readonly #access: ApiAccess;
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  /** Rejects where no answer came within 10 s. */
  async ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<RawAnswer> {
    const sent = body === undefined ? '' : JSON.stringify(body);
    // Node gives a DELETE no length by itself, and the server then sees no body.
    const headers = sent === '' ? {} : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(sent)) };
    const outgoing = this.#request(method, path, headers, AbortSignal.timeout(10_000));
    outgoing.end(sent);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await text(answer) };
  }

  /** Hears each event of a watch, until the server ends it or the signal does. Rejects where it breaks off. */
  async watch(path: string, onEvent: (event: unknown) => void, signal: AbortSignal): Promise<void> {
    const outgoing = this.#request('GET', path, {}, signal);
    outgoing.end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`The watch was answered ${answer.statusCode}: ${await text(answer)}`);
    for await (const line of createInterface({ input: answer })) onEvent(JSON.parse(line));
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #request(method: string, path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
    const { url, ca, token } = this.#access;
    const login = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { method, headers: { accept: 'application/json', ...login, ...headers }, signal };
    return url.startsWith('https:')
      ? httpsRequest(`${url}${path}`, { ...options, agent: this.#agents.https, ...(ca === undefined ? {} : { ca }) })
      : httpRequest(`${url}${path}`, { ...options, agent: this.#agents.http });
  }
}

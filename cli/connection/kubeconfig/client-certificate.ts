import { Agent, request as httpsRequest } from 'node:https';
import type { Transport } from '../../../adapters/eks/http.ts';

export interface ClientCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** HTTPS with a client certificate: what local clusters give their administrators. EKS knows tokens only. */
export function createCertificateTransport({ certificate, key }: ClientCertificate): Transport {
  return ({ method, url, headers, body, ca, timeoutMs }) =>
    new Promise((resolve, reject) => {
      const agent = new Agent({ cert: certificate, key, ca, minVersion: 'TLSv1.2' });
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method, headers: { ...headers, ...length }, agent, signal: AbortSignal.timeout(timeoutMs) };
      const outgoing = httpsRequest(url, options, async (message) => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of message) chunks.push(Buffer.from(chunk));
          const named = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
          resolve({ status: message.statusCode ?? 0, headers: named, body: Buffer.concat(chunks).toString('utf8') });
        } catch (error) {
          reject(error);
        }
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

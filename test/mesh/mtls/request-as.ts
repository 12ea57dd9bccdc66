import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { PeerCertificate } from 'node:tls';
import type { MeshAnswer, MeshRequest } from '../bench/request.ts';
import type { Identity } from '../bench/types.ts';

export interface ProvenAnswer extends Pick<MeshAnswer, 'status' | 'version' | 'body'> {
  /** Who the pod's certificate says that it is, as a SPIFFE ID; undefined where none was shown. */
  readonly answeredAs: string | undefined;
}

/**
 * One request to a pod itself, at `https://<address>:<port>`, past every Service and gateway, over mutual TLS with the identity of another
 * one. Never rejects: no answer is status 0.
 */
export async function requestAs(identity: Identity, url: string, { host, method = 'GET', path = '/' }: MeshRequest): Promise<ProvenAnswer> {
  const { key, certificates: cert, authority: ca } = identity;
  let answeredAs: string | undefined;
  // An identity of the mesh has no host name in it, and the mesh's authority has vouched for it by then.
  const checkServerIdentity = (_: string, certificate: PeerCertificate) => {
    answeredAs = spiffeIdOf(certificate);
    return undefined;
  };
  const options = { method, key, cert, ca, checkServerIdentity, headers: { host }, agent: false, signal: AbortSignal.timeout(10_000) };
  try {
    return await new Promise<ProvenAnswer>((resolve, reject) => {
      request(`${url}${path}`, options, (answer) => {
        const version = answer.headers['x-version'];
        text(answer).then(
          (body) =>
            resolve({ status: answer.statusCode ?? 0, version: version === undefined ? undefined : String(version), body, answeredAs }),
          reject,
        );
      })
        .on('error', reject)
        .end();
    });
  } catch (error) {
    return { status: 0, version: undefined, body: String(error), answeredAs };
  }
}

/** @example `URI:spiffe://cluster.local/ns/shop/sa/checkout` */
function spiffeIdOf({ subjectaltname = '' }: PeerCertificate): string | undefined {
  return /URI:(spiffe:[^,\s]+)/.exec(subjectaltname)?.[1];
}

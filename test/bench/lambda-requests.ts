import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import { Sha256 } from '../../adapters/aws/sha256.ts';
import type { LocalStack } from '../localstack/engine/localstack.ts';

/** Calls one operation of Lambda's REST API. @throws Error with the API's own words. */
export type LambdaRequests = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<unknown>;

export function connectLambda({ endpoint, region, credentials }: LocalStack): LambdaRequests {
  const signer = new SignatureV4({ service: 'lambda', region, credentials: async () => credentials, sha256: Sha256 });
  return async (method, path, body) => {
    const url = new URL(`/2015-03-31${path}`, endpoint);
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const { host: _, ...headers } = (await signer.sign(request)).headers;
    const answer = await fetch(url, { method, headers, ...(request.body === undefined ? {} : { body: request.body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Lambda did not do ${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
}

const configuration = z.object({ LastUpdateStatus: z.optional(z.string()) });
const published = z.object({ Version: z.string() });
const lookEveryMs = 100;

/**
 * Publishes another version of a function, of the same code, and has `live` lead to it: the next call finds no worker, and starts one. It
 * is what every upgrade does, and any LocalStack can do it, as can AWS.
 */
export async function renewWorker(lambda: LambdaRequests, functionName: string, sleep: (ms: number) => Promise<void>): Promise<void> {
  const path = `/functions/${functionName}`;
  // A version is published only where something differs from the one before.
  await lambda('PUT', `${path}/configuration`, { Description: `Renewed at ${performance.now()}.` });
  while (configuration.parse(await lambda('GET', `${path}/configuration`)).LastUpdateStatus === 'InProgress') await sleep(lookEveryMs);
  const { Version } = published.parse(await lambda('POST', `${path}/versions`, {}));
  await lambda('PUT', `${path}/aliases/live`, { FunctionVersion: Version });
}

import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { type VerifyTokenOptions, verifyToken } from './verify-token.ts';

const tokenReview = z.object({ spec: z.object({ token: z.string() }) });

export interface WebhookOptions extends Omit<VerifyTokenOptions, 'nowMs'> {
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * The authenticator that EKS has before its API servers, for the one identity that has an access entry: `authentication.k8s.io/v1`
 * TokenReview, which kube-apiserver sends for each token that it does not know itself.
 */
export function createTokenWebhook({ now, log, ...options }: WebhookOptions): Server {
  return createServer((request, response) => {
    const answer = async () => {
      const { spec } = tokenReview.parse(await json(request));
      const verdict = verifyToken(spec.token, { ...options, nowMs: now() });
      if (!verdict.known) log(`A token was refused: ${verdict.why}.`);
      const user = { username: 'sluice', uid: options.credentials.accessKeyId, groups: ['sluice'] };
      return {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        status: verdict.known ? { authenticated: true, user } : { authenticated: false, error: verdict.why },
      };
    };
    answer().then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
}

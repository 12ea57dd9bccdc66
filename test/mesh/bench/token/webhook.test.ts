import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { signToken } from '../../../../adapters/eks/token.ts';
import { createTokenWebhook } from './webhook.ts';

const options = { clusterName: 'mesh-bench-3', region: 'eu-west-1', credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' } };
const signedAtMs = Date.UTC(2026, 0, 5);
const logged: string[] = [];
const server = createTokenWebhook({ ...options, now: () => signedAtMs, log: (line) => logged.push(line) });
afterEach(() => {
  server.close();
  logged.length = 0;
});

async function review(body: unknown): Promise<{ status: number; answer: string }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const answer = await fetch(`http://127.0.0.1:${port}/review`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { connection: 'close' },
  });
  return { status: answer.status, answer: await answer.text() };
}

it('tells the API server who a good token belongs to', async () => {
  const { answer } = await review({ spec: { token: await signToken({ ...options, signedAtMs }) } });
  expect(JSON.parse(answer)).toEqual({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    status: { authenticated: true, user: { username: 'sluice', uid: 'AKID', groups: ['sluice'] } },
  });
  expect(logged).toEqual([]);
});

it('refuses any other, and notes why', async () => {
  const { answer } = await review({ spec: { token: 'a-service-account' } });
  expect(JSON.parse(answer)).toMatchObject({ status: { authenticated: false, error: 'it does not begin with k8s-aws-v1' } });
  expect(logged).toEqual(['A token was refused: it does not begin with k8s-aws-v1.']);
});

it('does not take what is no review', async () => {
  expect(await review({})).toMatchObject({ status: 400 });
});

import { afterEach, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../sandbox/traffic/loopback-server.ts';
import { freePort } from '../engine/free-port.ts';
import { startAwsStub, stubVariables } from './aws-stub.ts';
import { startPlainFront } from './front.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

it('a plain front leads to the server behind it, and breaks with it', async () => {
  const behind = await listenOnLoopback((request, response) => response.end(`you asked for ${request.url}`));
  const front = await startPlainFront(`http://127.0.0.1:${behind.port}`, '127.0.0.1');
  closing.push(front.close);
  const url = `http://127.0.0.1:${front.port}/api/v1/query`;
  expect(await (await fetch(url)).text()).toBe('you asked for /api/v1/query');
  await behind.close();
  await expect(fetch(url)).rejects.toThrow();
});

it('the stub listens where a LocalStack was told beforehand that it would', async () => {
  const port = await freePort();
  const stub = await startAwsStub({ port });
  closing.push(stub.close);
  const { AWS_ENDPOINT_URL_EKS: eksUrl } = stubVariables('127.0.0.1', port);
  expect((await fetch(`${eksUrl}/clusters/nowhere`)).status).toBe(404);
});

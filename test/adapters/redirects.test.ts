import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAwsJsonApi } from '../../adapters/aws/json-api.ts';
import { createKubernetesClient } from '../../adapters/eks/kubernetes-client.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import { createSignedRequest } from '../../cli/connection/aws/signed-request.ts';
import { ClusterForbiddenError } from '../../core/errors.ts';
import { VirtualClock } from '../../sandbox/clock.ts';

const running: Server[] = [];
afterEach(async () => {
  await Promise.all(
    running.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function serve(answer: (request: IncomingMessage) => { status: number; location?: string }): Promise<string> {
  const server = createServer((request, response) => {
    const { status, location } = answer(request);
    response.writeHead(status, location === undefined ? {} : { location }).end('{}');
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that sends everybody on to another host, which counts who comes. */
async function redirecting(status: number) {
  const reached: string[] = [];
  const elsewhere = await serve((request) => {
    reached.push(JSON.stringify(request.headers));
    return { status: 200 };
  });
  const host = await serve(({ url = '/' }) => ({ status, location: `http://${elsewhere}${url}` }));
  return { host, reached };
}

const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'the-token-of-the-session' });
const aws = { region: 'eu-west-1', credentials, fetch: globalThis.fetch, clock: new VirtualClock() };

/** No clock that ends the wait: the servers are on this machine, and answer at once. */
const clock = { now: () => aws.clock.now(), sleep: () => new Promise<void>(() => undefined) };

describe.each([301, 302, 307, 308])('a redirect to another host, by %i,', (status) => {
  it('is not followed by the client of Prometheus', async () => {
    const { host, reached } = await redirecting(status);
    const url = `http://sluice:password@${host}`;
    expect(await createPrometheus({ url, clock }).measure([{ name: 'errors', query: 'up' }])).toMatchObject([
      { status: 'unavailable', why: expect.stringContaining('redirect') },
    ]);
    expect(await createPrometheusAlerts({ url, clock }).read(['Slow'])).toMatchObject([{ state: 'unavailable' }]);
    expect(reached).toEqual([]);
  });

  it('is not followed by the client of AWS, which would hand over the token of the session', async () => {
    const { host, reached } = await redirecting(status);
    const call = createAwsJsonApi({ ...aws, clock, service: 'dynamodb', targetPrefix: 'DynamoDB_20120810', endpoint: `http://${host}` });
    expect(await call('GetItem', {})).toMatchObject({ status: 'failed' });
    expect(reached).toEqual([]);
  });

  it('is not followed by the command, which would hand over the token of the session', async () => {
    const { host, reached } = await redirecting(status);
    const post = createSignedRequest({ ...aws, service: 'lambda', endpoint: `http://${host}` });
    expect(await post('/2015-03-31/functions/x/invocations', 'application/json', '{}')).toMatchObject({ status });
    expect(reached).toEqual([]);
  });

  it('is not followed by the client of the cluster', async () => {
    const { host, reached } = await redirecting(status);
    const endpoint = { name: 'shop', endpoint: `http://${host}`, certificateAuthority: '' };
    const api = createKubernetesClient({ endpoint, token: async () => 'k8s-aws-v1.c2VjcmV0', clock: aws.clock });
    await expect(api.read({ apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: 'a' })).rejects.toThrow(ClusterForbiddenError);
    expect(reached).toEqual([]);
  });
});

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackServer, listenOnLoopback } from '../../../../sandbox/traffic/loopback-server.ts';
import { RawApi } from '../api/raw-api.ts';
import { type AgentSetup, agentArguments, agentEnvironment, layCredentials } from './agent.ts';

let folder: string;
let server: LoopbackServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-agent-'));
});
afterEach(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});

const setup = (): AgentSetup => ({
  type: 'sidecar',
  name: 'checkout-1',
  namespace: 'shop',
  serviceAccount: 'checkout',
  address: '198.18.49.2',
  folder,
});
const ground = { meshFile: '/runs/3/mesh.json', authority: '127.18.3.1:15012' };

describe('an agent', () => {
  it('gets a token of its service account and the root certificate of the mesh into its folder, for itself alone', async () => {
    const asked: unknown[] = [];
    server = await listenOnLoopback(async (request, response) => {
      if (request.method === 'POST') asked.push(request.url, await json(request));
      const answer = request.method === 'POST' ? { status: { token: 'a token' } } : { data: { 'root-cert.pem': 'a root' } };
      response.end(JSON.stringify(answer));
    });
    const api = new RawApi({ url: `http://127.0.0.1:${server.port}` });
    await layCredentials(api, setup());
    api.close();
    expect(asked).toMatchObject(['/api/v1/namespaces/shop/serviceaccounts/checkout/token', { spec: { audiences: ['istio-ca'] } }]);
    const token = join(folder, 'var/run/secrets/tokens/istio-token');
    expect(await readFile(token, 'utf8')).toBe('a token');
    expect((await stat(token)).mode & 0o077).toBe(0);
    expect(await readFile(join(folder, 'var/run/secrets/istio/root-cert.pem'), 'utf8')).toBe('a root');
  });

  it('says which ServiceAccount is missing', async () => {
    server = await listenOnLoopback((_, response) => void response.writeHead(404).end('not found'));
    const api = new RawApi({ url: `http://127.0.0.1:${server.port}` });
    await expect(layCredentials(api, setup())).rejects.toMatchObject({
      name: 'AwsUnavailableError',
      message: expect.stringContaining('no token for the service account shop/checkout'),
    });
    api.close();
  });

  it('is the workload that its pod is, and is known by the folder of its run', () => {
    expect(agentEnvironment(setup(), ground)).toMatchObject({
      POD_NAME: 'checkout-1',
      POD_NAMESPACE: 'shop',
      SERVICE_ACCOUNT: 'checkout',
      CA_ADDR: '127.18.3.1:15012',
    });
    expect(agentArguments(setup(), ground)).toContain('--meshConfig=/runs/3/mesh.json');
  });
});

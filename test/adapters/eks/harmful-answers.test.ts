import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTransport } from '../../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { ClusterUnavailableError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const ref = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };

function clientOf(body: () => string): KubernetesApi {
  return createKubernetesClient({
    endpoint: { name: 'shop', endpoint: 'http://127.0.0.1:1', certificateAuthority: '' },
    clock: new VirtualClock(),
    transport: async () => ({ status: 200, headers: {}, body: body() }),
  });
}

describe('an answer of the Kubernetes API that means harm', () => {
  it('is refused where it is nested without end', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const object = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"checkout"},"spec":${deep}}`;
    await expect(clientOf(() => object).read(ref)).rejects.toThrow(ClusterUnavailableError);
  });

  it('is not asked on where its pages never come to an end', async () => {
    let asked = 0;
    const api = clientOf(() => {
      asked += 1;
      return JSON.stringify({ kind: 'DeploymentList', metadata: { continue: `page ${asked}` }, items: [] });
    });
    await expect(api.list(ref, '')).rejects.toThrow(ClusterUnavailableError);
    expect(asked).toBeLessThan(250);
  });

  it('is refused in few words where it is wrong in many places', async () => {
    const items = Array.from({ length: 5_000 }, () => ({ metadata: { name: 1 } }));
    const body = JSON.stringify({ kind: 'DeploymentList', metadata: {}, items });
    const error: unknown = await clientOf(() => body)
      .list(ref, '')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClusterUnavailableError);
    expect(error instanceof Error && error.cause instanceof Error ? error.cause.message.length : Number.NaN).toBeLessThan(3_000);
  });

  it('is not read to its end where it is larger than any', async () => {
    const megabyte = Buffer.alloc(1024 * 1024);
    let sent = 0;
    const server = createServer((_request, response) => {
      const more = () => {
        while (sent < 1_000) {
          sent += 1;
          if (!response.write(megabyte)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = createTransport()({ method: 'GET', url, headers: {}, body: undefined, ca: '', timeoutMs: 60_000 });
    await expect(asked).rejects.toThrow('more than 64 MB');
    expect(sent).toBeLessThan(1_000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

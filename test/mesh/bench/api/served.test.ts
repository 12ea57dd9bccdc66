import { afterEach, describe, expect, it } from 'vitest';
import { type LoopbackServer, listenOnLoopback } from '../../../../sandbox/traffic/loopback-server.ts';
import { RawApi } from './raw-api.ts';
import { servedBy } from './served.ts';

let server: LoopbackServer | undefined;
let api: RawApi | undefined;
afterEach(async () => {
  api?.close();
  await server?.close();
});

/** An API server that has these documents; what has none is answered with the status. */
async function clusterOf(documents: Readonly<Record<string, unknown>>, status = 404): Promise<RawApi> {
  server = await listenOnLoopback((request, response) => {
    const document = documents[request.url ?? ''];
    response.statusCode = document === undefined ? status : 200;
    response.end(document === undefined ? 'no such thing' : JSON.stringify(document));
  });
  api = new RawApi({ url: `http://127.0.0.1:${server.port}` });
  return api;
}

const group = (groupVersion: string) => ({ versions: [{ groupVersion }] });
const core = { resources: [{ name: 'pods', kind: 'Pod' }] };
const istio = {
  resources: [
    { name: 'virtualservices', kind: 'VirtualService' },
    { name: 'virtualservices/status', kind: 'VirtualService' },
  ],
};

describe('what a cluster serves', () => {
  it('is told by kind, and goes without an API whose server is down', async () => {
    const cluster = await clusterOf(
      {
        '/api/v1': core,
        '/apis': { groups: [group('networking.istio.io/v1'), group('metrics.k8s.io/v1')] },
        '/apis/networking.istio.io/v1': istio,
        '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': { items: [{}] },
        '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations': {
          items: [{ webhooks: [{}, { rules: [{ apiGroups: ['consul.hashicorp.com'] }] }] }],
        },
      },
      503,
    );
    expect(await servedBy(cluster)).toEqual({
      kinds: ['v1/Pod', 'networking.istio.io/v1/VirtualService'],
      judgedGroups: ['consul.hashicorp.com'],
    });
  });

  it.each([
    [
      'could not be reached',
      502,
      { name: 'ClusterUnavailableError', message: expect.stringMatching(/could not be reached.*Point KUBECONFIG/) },
    ],
    ['lets nobody in', 401, { name: 'ClusterForbiddenError', message: expect.stringMatching(/does not let .* in.*Log in again/) }],
  ])('is not told where it %s', async (_what, status, error) => {
    await expect(servedBy(await clusterOf({}, status))).rejects.toMatchObject(error);
  });

  it('is not told where nothing answers at all', async () => {
    const cluster = await clusterOf({});
    await server?.close();
    await expect(servedBy(cluster)).rejects.toMatchObject({ name: 'ClusterUnavailableError', cause: expect.anything() });
  });
});

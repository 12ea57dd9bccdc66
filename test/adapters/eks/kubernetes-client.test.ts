import { describe, expect, it } from 'vitest';
import type { Transport, TransportAnswer, TransportRequest } from '../../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { ClusterForbiddenError, ClusterUnavailableError, InvalidInputError, WorkloadRejectedError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { kubernetesApiContract } from '../../contract/kubernetes-api.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';
import { serveKubernetes } from './api-server.ts';
import { authority } from './certificates.ts';

kubernetesApiContract('the Kubernetes client', async () => {
  const server = await serveKubernetes(new FakeKubernetes());
  const endpoint = { name: 'shop', endpoint: server.url, certificateAuthority: '' };
  const api = createKubernetesClient({ endpoint, token: async () => 'token', clock: new VirtualClock() });
  return { api, namespace: 'contract', close: server.close };
});

const endpoint = { name: 'shop', endpoint: 'https://cluster.example:443/', certificateAuthority: authority };
const checkout = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };
const manifest: KubernetesObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' } };
const token = 'k8s-aws-v1.c2VjcmV0';

type Step = Partial<TransportAnswer> | Error;

/** A client whose server answers as told, in that order, and the last one for ever. */
function clientOf(...steps: readonly Step[]) {
  const requests: TransportRequest[] = [];
  const clock = new VirtualClock();
  const transport: Transport = async (request) => {
    const step = steps[Math.min(requests.length, steps.length - 1)] ?? {};
    requests.push(request);
    if (step instanceof Error) throw step;
    return { status: 200, headers: {}, body: '', ...step };
  };
  return { api: createKubernetesClient({ endpoint, token: async () => token, clock, transport }), requests, clock };
}

const status = (code: number, message = 'no'): Partial<TransportAnswer> => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', message }),
});

const calls: readonly [string, (api: KubernetesApi) => Promise<unknown>][] = [
  ['get', (api) => api.read(checkout)],
  ['list', (api) => api.list(checkout, 'app=checkout')],
  ['create', (api) => api.write({ create: checkout, object: manifest })],
  ['patch', (api) => api.write({ jsonPatch: checkout, operations: [] })],
  ['patch', (api) => api.write({ mergePatch: checkout, patch: {} })],
  ['delete', (api) => api.remove(checkout, { uid: 'u' })],
];

async function errorOf(act: Promise<unknown>): Promise<Error> {
  const caught: unknown = await act.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof Error)) throw new Error('nothing was thrown');
  return caught;
}

describe('the Kubernetes client', () => {
  it('asks the path of the object, with a token, an authority and a time-out', async () => {
    const { api, requests } = clientOf({ body: JSON.stringify(manifest) });
    await api.read(checkout);
    expect(requests).toEqual([
      {
        method: 'GET',
        url: 'https://cluster.example/apis/apps/v1/namespaces/shop/deployments/checkout',
        headers: { accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': 'sluice/1' },
        body: undefined,
        ca: authority,
        timeoutMs: 5_000,
      },
    ]);
  });

  it('asks for pages of 500 until there is none', async () => {
    const page = (name: string, next: string) => ({
      body: JSON.stringify({ kind: 'DeploymentList', metadata: { continue: next }, items: [{ metadata: { name } }] }),
    });
    const { api, requests } = clientOf(page('a', 'x/y='), page('b', ''));
    const found = await api.list(checkout, 'app=checkout,sluice.dev/side');
    expect(found.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Deployment a', 'Deployment b']);
    const queries = requests.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
    const labelSelector = 'app=checkout,sluice.dev/side';
    expect(queries).toEqual([
      { limit: '500', labelSelector },
      { limit: '500', labelSelector, continue: 'x/y=' },
    ]);
  });

  it('gives up a list that never ends', async () => {
    const { api } = clientOf({ body: JSON.stringify({ kind: 'DeploymentList', metadata: { continue: 'again' }, items: [] }) });
    await expect(api.list(checkout, '')).rejects.toThrow(ClusterUnavailableError);
  });

  it('escapes the bytes of a JSON Patch as Go does, since the API server compares bytes; its meaning is the same', async () => {
    const { api, requests } = clientOf({ body: JSON.stringify(manifest) });
    const value = 'a<b>&c\u2028d\u2029e "é" \\u003c';
    const operations = [{ op: 'test', path: '/metadata/annotations/text', value }] as const;
    await api.write({ jsonPatch: checkout, operations });
    const sent = requests[0]?.body ?? '';
    expect(sent).toBe(
      String.raw`[{"op":"test","path":"/metadata/annotations/text","value":"a\u003cb\u003e\u0026c\u2028d\u2029e \"é\" \\u003c"}]`,
    );
    expect(JSON.parse(sent)).toEqual(operations);
  });

  it('deletes the object that was read, and its pods with it', async () => {
    const { api, requests } = clientOf(status(200));
    await api.remove(checkout, { uid: 'u-1' });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ preconditions: { uid: 'u-1' }, propagationPolicy: 'Background' });
  });

  it.each(calls)('names the missing right where %s is forbidden', async (verb, call) => {
    const error = await errorOf(call(clientOf(status(403, 'User "sluice" cannot do that')).api));
    expect(error).toBeInstanceOf(ClusterForbiddenError);
    expect(error.message).toContain('User "sluice" cannot do that');
    expect(error.message).toContain(`the verb ${verb} on deployments (apiGroup apps) in namespace shop`);
  });

  it.each(calls)('names the access entry where the cluster does not know who asks to %s', async (_verb, call) => {
    const error = await errorOf(call(clientOf(status(401, 'Unauthorized')).api));
    expect(error).toBeInstanceOf(ClusterForbiddenError);
    expect(error.message).toContain('access entry');
  });

  it.each([
    ['429 without Retry-After', status(429)],
    ['500', status(500)],
    ['503', status(503)],
    ['410 to a page', status(410)],
    ['no JSON', { body: '<html>' }],
    ['JSON of another shape', { body: '{"kind":"Deployment"}' }],
    ['a closed connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['no answer in time', new DOMException('timed out', 'TimeoutError')],
  ])('does not know what the cluster did after %s', async (_what, step) => {
    for (const [, call] of calls.slice(0, 5)) {
      expect(await errorOf(call(clientOf(step).api))).toBeInstanceOf(ClusterUnavailableError);
    }
  });

  it('says apart whether nothing answered', async () => {
    const closed = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    expect(await errorOf(clientOf(closed).api.read(checkout))).toMatchObject({ isUnanswered: true });
    expect(await errorOf(clientOf(status(503)).api.read(checkout))).toMatchObject({ isUnanswered: false });
  });

  it('keeps what went wrong below as the cause', async () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect((await errorOf(clientOf(cause).api.read(checkout))).cause).toBe(cause);
  });

  it.each(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED'])(
    'is not to be tried again with a server that shows another certificate: %s',
    async (code) => {
      const error = await errorOf(clientOf(Object.assign(new Error('tls'), { code })).api.read(checkout));
      expect(error).toBeInstanceOf(ClusterForbiddenError);
    },
  );

  it('refuses a redirect', async () => {
    const { api, requests } = clientOf({ status: 307, headers: { location: 'https://elsewhere.example' } });
    expect(await errorOf(api.read(checkout))).toBeInstanceOf(ClusterForbiddenError);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['get', 404, undefined],
    ['list', 404, []],
    ['create', 404, { status: 'notFound' }],
    ['create', 409, { status: 'conflict', message: 'no' }],
    ['patch', 409, { status: 'conflict', message: 'no' }],
    ['patch', 422, { status: 'conflict', message: 'no' }],
    ['delete', 404, 'absent'],
    ['delete', 409, 'conflict'],
  ])('has a value for %s and %i', async (verb, code, expected) => {
    const call = calls.find(([name]) => name === verb)?.[1];
    expect(await call?.(clientOf(status(code)).api)).toEqual(expected);
  });

  it.each([
    ['an object that is not valid', calls[2], 422],
    ['a merge patch that is not valid', calls[4], 422],
    ['what an admission webhook denies', calls[2], 400],
  ] as const)("passes the server's words on for %s", async (_what, call, code) => {
    const error = await errorOf(call?.[1](clientOf(status(code, 'spec.replicas: must be at least 0')).api) ?? Promise.resolve());
    expect(error).toBeInstanceOf(WorkloadRejectedError);
    expect(error.message).toContain('spec.replicas: must be at least 0');
  });

  it('waits once where the server asks for a short while', async () => {
    const { api, requests, clock } = clientOf({ status: 429, headers: { 'retry-after': '2' } }, { body: JSON.stringify(manifest) });
    const startMs = clock.now();
    expect(await api.read(checkout)).toMatchObject(manifest);
    expect(requests).toHaveLength(2);
    expect(clock.now() - startMs).toBe(2_000);
  });

  it.each([
    ['a long while', '3', 1],
    ['a date', 'Mon, 05 Jan 2026 03:00:01 GMT', 1],
    ['a short while, twice', '1', 2],
  ])('leaves it to the caller where the server asks for %s', async (_what, retryAfter, sent) => {
    const { api, requests } = clientOf({ status: 429, headers: { 'retry-after': retryAfter } });
    await expect(api.read(checkout)).rejects.toThrow(ClusterUnavailableError);
    expect(requests).toHaveLength(sent);
  });

  it('never has the token in an error, even where the server repeats it', async () => {
    for (const code of [400, 401, 403, 500]) {
      const error = await errorOf(clientOf(status(code, `who is ${token}?`)).api.read(checkout));
      expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(token);
    }
  });

  it.each(['../secrets/db', 'a/b', '', 'UPPER', 'a..b', '-a', 'a%2Fb', 'a?b', 'x'.repeat(254)])(
    'sends nothing for a name such as %j',
    async (name) => {
      const { api, requests } = clientOf({});
      const ref = { ...checkout, name };
      for (const act of [
        api.read(ref),
        api.write({ create: ref, object: manifest }),
        api.write({ jsonPatch: ref, operations: [] }),
        api.write({ mergePatch: ref, patch: {} }),
        api.remove(ref, { uid: 'u' }),
      ]) {
        expect(await errorOf(act)).toBeInstanceOf(InvalidInputError);
      }
      expect(requests).toEqual([]);
    },
  );

  it.each([{ namespace: '..' }, { namespace: '' }, { resource: 'pods/exec' }, { apiVersion: '../v1' }, { apiVersion: 'v1/namespaces/x' }])(
    'sends nothing for %j',
    async (part) => {
      const { api, requests } = clientOf({});
      await expect(api.list({ ...checkout, ...part }, '')).rejects.toThrow(InvalidInputError);
      expect(requests).toEqual([]);
    },
  );
});

describe('the endpoint of a cluster', () => {
  const open = (address: string, certificateAuthority: string) =>
    createKubernetesClient({ endpoint: { name: 'shop', endpoint: address, certificateAuthority }, clock: new VirtualClock() });

  it.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001', 'http://127.1.2.3'])('may be plain on %s', (address) => {
    expect(() => open(address, '')).not.toThrow();
  });

  it.each([
    ['plain on another machine', 'http://10.0.0.1', ''],
    ['plain on a name that only looks like loopback', 'http://127.0.0.1.example.com', ''],
    ['of another protocol', 'ftp://cluster.example', authority],
    ['no address', 'cluster', authority],
    ['with a host that only URL.canParse takes for one', `http://A${'{'.repeat(20_000)}`, authority],
    ['an address with a password', 'https://me:secret@cluster.example', authority],
    ['without an authority', 'https://cluster.example', ''],
    ['with an authority that is no certificate', 'https://cluster.example', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('is refused where it is %s', (_what, address, ca) => {
    expect(() => open(address, ca)).toThrow(InvalidInputError);
  });
});

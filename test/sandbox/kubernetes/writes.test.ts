import { describe, expect, it } from 'vitest';
import {
  deployment,
  deploymentsPath,
  metadataOf,
  ref,
  route,
  routeRef,
  routesPath,
  service,
  weightsOf,
  withCluster,
} from './cluster-for-tests.ts';

const checkout = `${deploymentsPath}/checkout`;

describe('POST', () => {
  it('creates once, and sets what the server sets', () =>
    withCluster(async ({ request }) => {
      const created = await request('POST', deploymentsPath, deployment('checkout'));
      expect(created.code).toBe(201);
      expect(metadataOf(created.body)).toMatchObject({
        uid: '00000000-0000-4000-8000-000000000001',
        resourceVersion: '2',
        generation: 1,
        creationTimestamp: '2026-01-05T03:00:00Z',
      });
      const again = await request('POST', deploymentsPath, deployment('checkout'));
      expect(again).toMatchObject({ code: 409, body: { reason: 'AlreadyExists', message: 'deployments.apps "checkout" already exists' } });
    }));

  it('fills in defaults', () =>
    withCluster(async ({ request }) => {
      const { replicas: _left, ...spec } = deployment('checkout')['spec'] as Record<string, unknown>;
      const { body } = await request('POST', deploymentsPath, { ...deployment('checkout'), spec });
      expect(body).toMatchObject({
        spec: { replicas: 1, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } },
        status: {},
      });
    }));

  it.each([
    ['no name', { ...deployment('x'), metadata: { namespace: 'shop' } }, 422, 'metadata.name: Required value'],
    ['a bad name', deployment('Check_out'), 422, 'metadata.name: Invalid value: "Check_out"'],
    ['no containers', deployment('x', { template: { metadata: { labels: { app: 'x' } }, spec: { containers: [] } } }), 422, 'containers'],
    ['no selector', deployment('x', { selector: undefined }), 422, 'Deployment.apps "x" is invalid: spec.selector: Required value'],
    [
      'a selector of others',
      deployment('x', { selector: { matchLabels: { app: 'y' } } }),
      422,
      '`selector` does not match template `labels`',
    ],
    ['another namespace', { ...deployment('x'), metadata: { name: 'x', namespace: 'other' } }, 400, 'does not match the namespace'],
    ['another kind', { ...deployment('x'), kind: 'StatefulSet' }, 400, 'do not match apps/v1, Deployment'],
    ['a list', [], 400, 'unrecognized'],
  ])('refuses a Deployment with %s', (_what, manifest, code, message) =>
    withCluster(async ({ request }) => {
      const answer = await request('POST', deploymentsPath, manifest);
      expect(answer).toMatchObject({ code, body: { message: expect.stringContaining(message) } });
    }),
  );

  it.each([
    [[-1, 101], 400, 'admission webhook "validation.istio.io" denied the request: configuration is invalid: weight -1 < 0'],
    [[undefined, undefined], 400, 'total destination weight = 0'],
    [[0, 0], 400, 'total destination weight = 0'],
    [[99.5, 0.5], 422, 'spec.http[0].route[0].weight: Invalid value: 99.5'],
    [['100', 0], 422, 'spec.http[0].route[0].weight: Invalid value: "100"'],
  ])('refuses a route with the weights %j', (weights, code, message) =>
    withCluster(async ({ request }) => {
      const answer = await request('POST', routesPath, route(weights));
      expect(answer).toMatchObject({ code, body: { message: expect.stringContaining(message) } });
    }),
  );

  it('takes a single destination without a weight, and keeps a weight of 0', () =>
    withCluster(async ({ request }) => {
      expect((await request('POST', routesPath, route([undefined]))).code).toBe(201);
      await request('DELETE', `${routesPath}/checkout`);
      expect(weightsOf((await request('POST', routesPath, route([100, 0]))).body)).toEqual([100, 0]);
    }));
});

describe('PUT', () => {
  it('replaces the object that was read, and no later one', () =>
    withCluster(async ({ cluster, request }) => {
      const created = cluster.apply(deployment('checkout'));
      const next = { ...deployment('checkout', { replicas: 3 }), metadata: created.metadata };
      const first = await request('PUT', checkout, next);
      expect(first).toMatchObject({ code: 200, body: { metadata: { generation: 2 }, spec: { replicas: 3 } } });
      const second = await request('PUT', checkout, next);
      expect(second).toMatchObject({ code: 409, body: { reason: 'Conflict', message: expect.stringContaining('has been modified') } });
    }));

  it('needs a resourceVersion for kinds that a CRD defines, and a Deployment keeps its selector', () =>
    withCluster(async ({ cluster, request }) => {
      cluster.apply(route([100, 0]));
      cluster.apply(deployment('checkout'));
      const blind = await request('PUT', `${routesPath}/checkout`, route([0, 100]));
      expect(blind).toMatchObject({ code: 422, body: { message: expect.stringContaining('must be specified for an update') } });
      const template = { metadata: { labels: { app: 'b' } }, spec: { containers: [{ name: 'shop', image: 'shop:1' }] } };
      const other = await request('PUT', checkout, deployment('checkout', { selector: { matchLabels: { app: 'b' } }, template }));
      expect(other).toMatchObject({ code: 422, body: { message: expect.stringContaining('field is immutable') } });
      expect((await request('PUT', checkout, deployment('basket'))).code).toBe(400);
      expect((await request('PUT', `${deploymentsPath}/basket`, deployment('basket'))).code).toBe(404);
    }));
});

describe('PATCH', () => {
  it('merges, bumping the generation for the spec only, and not at all for no change', () =>
    withCluster(async ({ cluster, request, mergePatch }) => {
      cluster.apply(deployment('checkout'));
      const labelled = await mergePatch(checkout, { metadata: { labels: { team: 'a' } } });
      expect(metadataOf(labelled.body)).toMatchObject({ generation: 1, resourceVersion: '3', labels: { team: 'a' } });
      expect(metadataOf((await mergePatch(checkout, { metadata: { labels: { team: 'a' } } })).body).resourceVersion).toBe('3');
      expect(metadataOf((await mergePatch(checkout, { spec: { replicas: 4 } })).body)).toMatchObject({
        generation: 2,
        resourceVersion: '4',
      });
      // Gone labels leave no empty map behind, and a default comes back.
      const cleared = await mergePatch(checkout, { metadata: { labels: { team: null } }, spec: { replicas: null } });
      expect(cleared.body).toMatchObject({ metadata: expect.not.objectContaining({ labels: {} }), spec: { replicas: 1 } });
      expect((await request('GET', checkout)).body).toEqual(cleared.body);
    }));

  it('writes status through its subresource only', () =>
    withCluster(async ({ cluster, mergePatch }) => {
      cluster.apply(deployment('checkout'));
      expect((await mergePatch(checkout, { status: { replicas: 9 } })).body['status']).toEqual({});
      const answer = await mergePatch(`${checkout}/status`, { status: { replicas: 9 }, spec: { replicas: 9 } });
      expect(answer.body).toMatchObject({ status: { replicas: 9 }, spec: { replicas: 2 }, metadata: { generation: 1 } });
    }));

  it.each([
    ['a test of the fence', [{ op: 'test', path: '/metadata/annotations/sluice.dev~1fence', value: '2' }]],
    ['a path', [{ op: 'replace', path: '/spec/http/0/route/2/weight', value: 1 }]],
  ])('changes nothing where %s fails, and does not say which', (_what, failing) =>
    withCluster(async ({ cluster, jsonPatch }) => {
      const before = cluster.apply(route([100, 0]));
      const answer = await jsonPatch(`${routesPath}/checkout`, [
        { op: 'replace', path: '/spec/http/0/route/0/weight', value: 50 },
        ...failing,
      ]);
      expect(answer).toMatchObject({
        code: 422,
        body: { reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} },
      });
      expect(cluster.get(routeRef)).toBe(before);
    }),
  );

  it('lets one of two writers with the same test through, whoever is first', () =>
    withCluster(async ({ cluster, jsonPatch }) => {
      cluster.apply(route([100, 0]));
      const fence = '/metadata/annotations/sluice.dev~1fence';
      const raise = (to: string) =>
        jsonPatch(`${routesPath}/checkout`, [
          { op: 'test', path: fence, value: '1' },
          { op: 'replace', path: fence, value: to },
        ]);
      const codes = (await Promise.all(['2', '3', '4', '5', '6'].map(raise))).map(({ code }) => code);
      expect(codes.toSorted()).toEqual([200, 422, 422, 422, 422]);
    }));

  it('never ends with the weight of a writer that was fenced, whatever the order', () =>
    withCluster(async ({ cluster, jsonPatch }) => {
      const fence = '/metadata/annotations/sluice.dev~1fence';
      for (let race = 0; race < 30; race += 1) {
        cluster.apply(route([90, 10]));
        const raise = (weight: number) =>
          jsonPatch(`${routesPath}/checkout`, [
            { op: 'test', path: fence, value: '1' },
            { op: 'replace', path: '/spec/http/0/route/1/weight', value: weight },
          ]);
        const door = jsonPatch(`${routesPath}/checkout`, [
          { op: 'add', path: fence, value: '2' },
          { op: 'replace', path: '/spec/http/0/route/1/weight', value: 0 },
        ]);
        await Promise.all([raise(20), door, raise(30), raise(40)]);
        expect(weightsOf(cluster.get(routeRef))[1]).toBe(0);
      }
    }));

  it('takes a resourceVersion and a uid in the patch for preconditions', () =>
    withCluster(async ({ cluster, mergePatch }) => {
      const { metadata } = cluster.apply(route([100, 0]));
      const label = { labels: { team: 'a' } };
      expect((await mergePatch(`${routesPath}/checkout`, { metadata: { ...label, uid: 'other' } })).code).toBe(409);
      expect((await mergePatch(`${routesPath}/checkout`, { metadata: { ...label, resourceVersion: '1' } })).code).toBe(409);
      const { uid, resourceVersion } = metadata;
      expect((await mergePatch(`${routesPath}/checkout`, { metadata: { ...label, uid, resourceVersion } })).code).toBe(200);
    }));

  it.each([
    ['another content type', 'application/strategic-merge-patch+json', {}, 415],
    ['no list', 'application/json-patch+json', { op: 'remove', path: '/spec' }, 400],
    ['no object', 'application/merge-patch+json', [], 400],
    ['another name', 'application/merge-patch+json', { metadata: { name: 'basket' } }, 400],
    ['a spec that is no longer valid', 'application/merge-patch+json', { spec: { hosts: null } }, 422],
  ])('refuses %s', (_what, contentType, patch, code) =>
    withCluster(async ({ cluster, request }) => {
      cluster.apply(route([100, 0]));
      expect((await request('PATCH', `${routesPath}/checkout`, patch, { 'content-type': contentType })).code).toBe(code);
    }),
  );

  it('does not find what is not there', () =>
    withCluster(async ({ jsonPatch }) => expect((await jsonPatch(`${routesPath}/checkout`, [])).code).toBe(404)));
});

describe('DELETE', () => {
  it('deletes only what the preconditions mean', () =>
    withCluster(async ({ cluster, request }) => {
      const { uid, resourceVersion } = cluster.apply(deployment('checkout')).metadata;
      const withUid = await request('DELETE', checkout, { preconditions: { uid: 'other' } });
      expect(withUid).toMatchObject({
        code: 409,
        body: { reason: 'Conflict', message: expect.stringContaining('the UID in the precondition (other)') },
      });
      expect((await request('DELETE', checkout, { preconditions: { resourceVersion: '1' } })).code).toBe(409);
      const done = await request('DELETE', checkout, { preconditions: { uid, resourceVersion } });
      expect(done).toMatchObject({ code: 200, body: { status: 'Success', details: { name: 'checkout', uid } } });
      expect((await request('DELETE', checkout)).code).toBe(404);
    }));

  it('takes along what is owned, through several generations, but not what has another owner left', () =>
    withCluster(async ({ cluster, request }) => {
      const owner = (object: { kind: string; apiVersion: string; metadata: { name: string; uid: string } }) => {
        const { apiVersion, kind, metadata } = object;
        return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
      };
      const owned = (name: string, ...ownerReferences: unknown[]) =>
        cluster.apply({ ...service(name), metadata: { name, namespace: 'shop', ownerReferences } });
      const first = cluster.apply(deployment('checkout'));
      const second = cluster.apply(deployment('basket'));
      const child = owned('child', owner(first));
      owned('grandchild', owner(child));
      owned('shared', owner(first), owner(second));
      await request('DELETE', checkout);
      expect(cluster.list(ref('v1', 'services', '')).map(({ metadata }) => metadata.name)).toEqual(['shared']);
      await request('DELETE', `${deploymentsPath}/basket`);
      expect(cluster.list(ref('v1', 'services', ''))).toEqual([]);
    }));
});

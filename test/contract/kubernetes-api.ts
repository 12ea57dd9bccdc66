import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonPatchOperation, KubernetesApi, KubernetesObject, ResourceRef } from '../../core/ports.ts';

export interface KubernetesApiForContract {
  readonly api: KubernetesApi;
  /** Exists, and is empty. */
  readonly namespace: string;
  readonly close?: () => Promise<void>;
}

/** What every KubernetesApi does. It works on Services alone, which no controller changes behind a test's back. */
export function kubernetesApiContract(name: string, setUp: () => Promise<KubernetesApiForContract>): void {
  describe(`${name} as a KubernetesApi`, () => {
    let set: KubernetesApiForContract;
    beforeEach(async () => {
      set = await setUp();
    });
    afterEach(async () => set.close?.());

    const refOf = (objectName: string): ResourceRef => ({
      apiVersion: 'v1',
      resource: 'services',
      namespace: set.namespace,
      name: objectName,
    });
    const collection = () => ({ apiVersion: 'v1', resource: 'services', namespace: set.namespace });
    const service = (objectName: string, labels: Record<string, string> = {}): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: objectName, namespace: set.namespace, labels, annotations: { 'example.com/old': '1' } },
      spec: { selector: { app: objectName }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
    });
    const create = async (objectName: string, labels?: Record<string, string>) => {
      const result = await set.api.write({ create: refOf(objectName), object: service(objectName, labels) });
      if (result.status !== 'written') throw new Error(`the Service was not created: ${result.status}`);
      return result.object;
    };
    const patch = (objectName: string, operations: readonly JsonPatchOperation[]) =>
      set.api.write({ jsonPatch: refOf(objectName), operations });

    describe('reading', () => {
      it('answers undefined for what does not exist', async () => {
        expect(await set.api.read(refOf('nobody'))).toBeUndefined();
      });

      it('answers what was created, with an identity and a version', async () => {
        const created = await create('checkout', { app: 'checkout' });
        const found = await set.api.read(refOf('checkout'));
        expect(found).toMatchObject({ apiVersion: 'v1', kind: 'Service', spec: { selector: { app: 'checkout' } } });
        expect(found?.metadata).toMatchObject({ name: 'checkout', namespace: set.namespace, labels: { app: 'checkout' } });
        expect(found?.metadata.uid).toMatch(/./);
        expect(found?.metadata.resourceVersion).toMatch(/./);
        expect(found?.metadata.uid).toBe(created.metadata.uid);
      });
    });

    describe('listing', () => {
      const names = async (labelSelector: string) =>
        (await set.api.list(collection(), labelSelector)).map(({ metadata }) => metadata.name).toSorted();

      it('answers an empty list where there is nothing', async () => {
        expect(await set.api.list(collection(), '')).toEqual([]);
      });

      it('takes all without a selector, and names the kind of each', async () => {
        await create('cart');
        await create('checkout');
        const found = await set.api.list(collection(), '');
        expect(found.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual(['v1 Service', 'v1 Service']);
        expect(await names('')).toEqual(['cart', 'checkout']);
      });

      it.each([
        ['app=checkout', ['checkout', 'checkout-canary']],
        ['app=checkout,sluice.dev/side=canary', ['checkout-canary']],
        ['sluice.dev/side', ['checkout-canary']],
        ['app=nobody', []],
      ])('selects by labels: %s', async (selector, expected) => {
        await create('cart', { app: 'cart' });
        await create('checkout', { app: 'checkout' });
        await create('checkout-canary', { app: 'checkout', 'sluice.dev/side': 'canary' });
        expect(await names(selector)).toEqual(expected);
      });
    });

    describe('creating', () => {
      it('is a conflict where the name is taken, and changes nothing', async () => {
        const first = await create('checkout', { app: 'first' });
        const second = await set.api.write({ create: refOf('checkout'), object: service('checkout', { app: 'second' }) });
        expect(second.status).toBe('conflict');
        expect((await set.api.read(refOf('checkout')))?.metadata).toMatchObject({
          uid: first.metadata.uid,
          labels: { app: 'first' },
        });
      });
    });

    describe('a JSON Patch', () => {
      it('writes where its tests hold, and answers what it wrote', async () => {
        const { metadata } = await create('checkout');
        const result = await patch('checkout', [
          { op: 'test', path: '/metadata/uid', value: metadata.uid },
          { op: 'test', path: '/metadata/annotations/example.com~1old', value: '1' },
          { op: 'add', path: '/metadata/annotations/sluice.dev~1fence', value: '7' },
          { op: 'remove', path: '/metadata/annotations/example.com~1old' },
          { op: 'replace', path: '/spec/ports/0/targetPort', value: 9090 },
        ]);
        expect(result).toMatchObject({
          status: 'written',
          object: { metadata: { annotations: { 'sluice.dev/fence': '7' } }, spec: { ports: [{ targetPort: 9090 }] } },
        });
        const found = await set.api.read(refOf('checkout'));
        expect(found?.metadata.annotations).toEqual({ 'sluice.dev/fence': '7' });
        expect(found?.metadata.resourceVersion).not.toBe(metadata.resourceVersion);
      });

      it.each([
        ['a value that is another', '/metadata/annotations/example.com~1old', '2'],
        ['a path that is not there', '/metadata/annotations/sluice.dev~1fence', '7'],
        ['a version that has passed', '/metadata/resourceVersion', '0'],
      ])('is a conflict, and changes nothing at all, where it tests %s', async (_what, path, value) => {
        await create('checkout');
        const before = await set.api.read(refOf('checkout'));
        const result = await patch('checkout', [
          { op: 'replace', path: '/metadata/annotations/example.com~1old', value: '9' },
          { op: 'test', path, value },
        ]);
        expect(result.status).toBe('conflict');
        expect(await set.api.read(refOf('checkout'))).toEqual(before);
      });

      it('lets one of two writers win that test the same old value', async () => {
        await create('checkout');
        const write = (value: string) =>
          patch('checkout', [
            { op: 'test', path: '/metadata/annotations/example.com~1old', value: '1' },
            { op: 'replace', path: '/metadata/annotations/example.com~1old', value },
          ]);
        const results = await Promise.all([write('2'), write('3')]);
        expect(results.map(({ status }) => status).toSorted()).toEqual(['conflict', 'written']);
      });

      it('is notFound where the object is not there', async () => {
        expect(await patch('nobody', [{ op: 'add', path: '/metadata/labels', value: {} }])).toEqual({ status: 'notFound' });
      });
    });

    describe('a merge patch', () => {
      it('changes what it names, takes away what it names null, and leaves the rest', async () => {
        await create('checkout', { app: 'checkout' });
        const result = await set.api.write({
          mergePatch: refOf('checkout'),
          patch: { metadata: { annotations: { 'example.com/old': null, 'example.com/new': '2' } } },
        });
        expect(result.status).toBe('written');
        const found = await set.api.read(refOf('checkout'));
        expect(found?.metadata).toMatchObject({ labels: { app: 'checkout' }, annotations: { 'example.com/new': '2' } });
        expect(found?.metadata.annotations).not.toHaveProperty(['example.com/old']);
      });

      it('is notFound where the object is not there', async () => {
        expect(await set.api.write({ mergePatch: refOf('nobody'), patch: { metadata: { labels: { app: 'x' } } } })).toEqual({
          status: 'notFound',
        });
      });
    });

    describe('removing', () => {
      it('removes the object that was read, once', async () => {
        const uid = (await create('checkout')).metadata.uid ?? '';
        expect(await set.api.remove(refOf('checkout'), { uid })).toBe('removed');
        expect(await set.api.read(refOf('checkout'))).toBeUndefined();
        expect(await set.api.remove(refOf('checkout'), { uid })).toBe('absent');
      });

      it('leaves another object of the same name alone', async () => {
        const uid = (await create('checkout')).metadata.uid ?? '';
        await set.api.remove(refOf('checkout'), { uid });
        const next = await create('checkout');
        expect(await set.api.remove(refOf('checkout'), { uid })).toBe('conflict');
        expect((await set.api.read(refOf('checkout')))?.metadata.uid).toBe(next.metadata.uid);
      });
    });
  });
}

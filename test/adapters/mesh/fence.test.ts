import { describe, expect, it } from 'vitest';
import { annotationPath, beforeAnnotation, fenceAnnotation, fenceOf, fenceOperations } from '../../../adapters/mesh/fence.ts';
import type { KubernetesObject } from '../../../core/ports.ts';

const path = '/metadata/annotations/fence.sluice.dev~1checkout';

function route(annotations?: Record<string, string>): KubernetesObject {
  const metadata = { name: 'checkout', namespace: 'shop', resourceVersion: '41', ...(annotations === undefined ? {} : { annotations }) };
  return { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata };
}
const fenced = (text: string) => route({ [fenceAnnotation('checkout')]: text });

describe('the fence on a route', () => {
  it.each<[string, number | undefined]>([
    ['0', 0],
    ['7', 7],
    ['007', 7],
    ['123456789012345', 123_456_789_012_345],
    ['1234567890123456', undefined],
    ['', undefined],
    ['-1', undefined],
    ['7.5', undefined],
    ['seven', undefined],
    [' 7', undefined],
  ])('that says "%s" is %s', (text, expected) => {
    expect(fenceOf(fenced(text), 'checkout')).toBe(expected);
  });

  it('is none without annotations, and none of another rollout', () => {
    expect(fenceOf(route(), 'checkout')).toBeUndefined();
    expect(fenceOf(fenced('7'), 'cart')).toBeUndefined();
  });

  it("is not the memory of another rollout's route", () => {
    expect(new Set([fenceAnnotation('a'), fenceAnnotation('b'), beforeAnnotation('a'), beforeAnnotation('b')]).size).toBe(4);
  });
});

describe('the operations of a fence', () => {
  const claim = (fence: number) => ({ rollout: 'checkout', fence, role: 'door' as const });

  it('test what is there, and nothing more, where it is ours already', () => {
    expect(fenceOperations(fenced('7'), claim(7))).toEqual([{ op: 'test', path, value: '7' }]);
  });

  it('test what is there before they replace it', () => {
    expect(fenceOperations(fenced('6'), claim(7))).toEqual([
      { op: 'test', path, value: '6' },
      { op: 'replace', path, value: '7' },
    ]);
  });

  it.each(['seven', '007'])('replace text that another writer left: %s', (text) => {
    expect(fenceOperations(fenced(text), claim(7))).toEqual([
      { op: 'test', path, value: text },
      { op: 'replace', path, value: '7' },
    ]);
  });

  it('test the version of the object where there is no fence, since the absence of a path cannot be tested', () => {
    expect(fenceOperations(route({ other: '1' }), claim(7))).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '41' },
      { op: 'add', path, value: '7' },
    ]);
    expect(fenceOperations(route(), claim(7))).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '41' },
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path, value: '7' },
    ]);
  });
});

describe('the path of an annotation', () => {
  it('escapes what RFC 6901 escapes', () => {
    expect(annotationPath('a.b/c~d')).toBe('/metadata/annotations/a.b~1c~0d');
  });
});

import { describe, expect, it } from 'vitest';
import { readVirtualService } from '../../../sandbox/traffic/virtual-service.ts';
import { virtualService } from './fake-mesh.ts';

const route = [{ destination: { host: 'checkout' } }];

describe('a rule of a VirtualService', () => {
  it.each([
    ['no match at all', undefined, '/any', {}, true],
    ['uri exact', [{ uri: { exact: '/a' } }], '/a', {}, true],
    ['uri exact, longer path', [{ uri: { exact: '/a' } }], '/a/b', {}, false],
    ['uri prefix', [{ uri: { prefix: '/a' } }], '/a/b', {}, true],
    ['uri regex, which fits the whole path', [{ uri: { regex: '/a|/b' } }], '/b', {}, true],
    ['uri regex, which fits a part only', [{ uri: { regex: '/a' } }], '/a/b', {}, false],
    ['header exact', [{ headers: { 'X-Canary': { exact: 'yes' } } }], '/', { 'x-canary': 'yes' }, true],
    ['header exact, absent', [{ headers: { 'x-canary': { exact: 'yes' } } }], '/', {}, false],
    ['header prefix', [{ headers: { 'x-user': { prefix: 'qa-' } } }], '/', { 'x-user': 'qa-7' }, true],
    ['header regex', [{ headers: { cookie: { regex: '.*canary=1.*' } } }], '/', { cookie: 'a=b; canary=1' }, true],
    ['header present, whatever it says', [{ headers: { 'x-user': {} } }], '/', { 'x-user': '' }, true],
    ['header absent, as asked', [{ withoutHeaders: { 'x-user': { prefix: 'qa-' } } }], '/', { 'x-user': 'ann' }, true],
    ['header there, though it is not to be', [{ withoutHeaders: { 'x-user': {} } }], '/', { 'x-user': 'ann' }, false],
    ['query exact', [{ queryParams: { canary: { exact: 'yes' } } }], '/?a=b&canary=yes', {}, true],
    ['query exact, another value', [{ queryParams: { canary: { exact: 'yes' } } }], '/?canary=yesterday', {}, false],
    ['query regex', [{ queryParams: { user: { regex: 'qa-[0-9]' } } }], '/?user=qa-7', {}, true],
    ['query present, whatever it says', [{ queryParams: { user: {} } }], '/?user', {}, true],
    ['query absent', [{ queryParams: { user: {} } }], '/', {}, false],
    ['method', [{ method: { exact: 'POST' } }], '/', {}, false],
    ['both conditions of one match', [{ uri: { prefix: '/a' }, headers: { 'x-user': {} } }], '/a', {}, false],
    ['one of two matches', [{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }], '/b', {}, true],
  ])('with %s', (_, match, path, headers, expected) => {
    const { rules } = readVirtualService(virtualService({ ...(match === undefined ? {} : { match }), route }));
    const [bare = '', query] = path.split('?');
    expect(rules[0]?.matches({ method: 'GET', path: bare, query: new URLSearchParams(query), headers })).toBe(expected);
  });

  it('gives a single destination everything, whatever its weight', () => {
    const { rules } = readVirtualService(virtualService({ route: [{ ...route[0], weight: 0 }] }));
    expect(rules[0]?.destinations).toMatchObject([{ service: { namespace: 'shop', name: 'checkout' }, weight: 100 }]);
  });

  it('takes a missing weight beside others for 0', () => {
    const { rules } = readVirtualService(virtualService({ route: [...route, { destination: { host: 'b.other' }, weight: 7 }] }));
    expect(rules[0]?.destinations).toMatchObject([
      { service: { namespace: 'shop', name: 'checkout' }, weight: 0 },
      { service: { namespace: 'other', name: 'b' }, weight: 7 },
    ]);
  });

  it.each([
    ['weights that sum to 0', { route: [...route, ...route] }],
    ['a condition that the proxy does not know', { match: [{ sourceLabels: { app: 'shop' } }], route }],
    ['a broken regular expression', { match: [{ uri: { regex: '(' } }], route }],
    ['a rule without a destination', { route: [] }],
  ])('is refused with %s', (_, rule) => {
    expect(() => readVirtualService(virtualService(rule))).toThrow();
  });
});

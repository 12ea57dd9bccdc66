import { describe, expect, it } from 'vitest';
import { rootNamespaceOf } from '../../../../core/preflight/policies/mesh-config.ts';

describe('the root namespace of a mesh', () => {
  it.each([
    [
      'as the chart writes it',
      'defaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\nrootNamespace: mesh-policies\ntrustDomain: a\n',
    ],
    ['in quotes, with a comment', 'rootNamespace: "mesh-policies" # of us\n'],
    ['with line ends of another system', 'a: b\r\nrootNamespace: mesh-policies\r\n'],
  ])('is read %s', (_how, mesh) => {
    expect(rootNamespaceOf({ data: { mesh } })).toBe('mesh-policies');
  });

  it.each([
    ['says nothing', { data: { mesh: 'enableTracing: true\n' } }],
    ['has the field somewhere inside', { data: { mesh: 'defaultConfig:\n  rootNamespace: other\n' } }],
    ['names what is no namespace', { data: { mesh: 'rootNamespace: ../secrets\n' } }],
    ['has no mesh', { data: {} }],
    ['is empty', {}],
  ])('is the usual one where the configuration %s', (_what, configMap) => {
    expect(rootNamespaceOf(configMap)).toBe('istio-system');
  });
});

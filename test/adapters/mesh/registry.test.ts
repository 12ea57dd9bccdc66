import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';

describe('the routers by name', () => {
  it('has one for Istio, which says what that mesh can do', () => {
    const { capabilities } = createRouter('istio', new FakeKubernetes());
    expect(capabilities).toEqual({ mirror: true, headerMatch: true, affinity: false, totalWeights: 'any' });
  });
});

import { describe, expect, it } from 'vitest';
import { createRouter, editCommand, loadDialects } from '../../../adapters/mesh/registry.ts';
import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import { routerKind } from '../../../core/spec/router-spec.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';

describe('the routers by name', () => {
  it.each(routerKind.options)('has one for %s, which says what that mesh can do', async (kind) => {
    await loadDialects();
    expect(createRouter(kind, new FakeKubernetes()).capabilities).toBe(routerCapabilities[kind]);
  });

  it('tells people how to edit each route object by hand, once', async () => {
    const routes = [{ virtualService: 'shop', http: 'a' }, { virtualService: 'shop', http: 'b' }, { virtualService: 'mesh' }];
    const target = { rollout: 'a', namespace: 'shop', routes, stableService: 'a', canaryService: 'a-canary', totalWeight: 100 };
    expect(await editCommand('istio', target)).toBe(
      'kubectl -n shop edit virtualservices.networking.istio.io shop ; kubectl -n shop edit virtualservices.networking.istio.io mesh',
    );
  });
});

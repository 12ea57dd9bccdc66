import { describe, expect, it } from 'vitest';
import { readSplits } from './read-splits.ts';

const services = new Set(['checkout']);
const metadata = { name: 'shop', annotations: { 'fence.sluice.dev/checkout': '7' } };
const istio = (...route: unknown[]) => ({ kind: 'VirtualService', metadata, spec: { http: [{ name: 'checkout', route }] } });
const to = (host: string, weight?: number, subset?: string) => ({ destination: { host, subset }, weight });
const gateway = (...backendRefs: unknown[]) => ({ kind: 'HTTPRoute', metadata, spec: { rules: [{ name: 'checkout', backendRefs }] } });

describe('the witness reads of', () => {
  it.each([
    ['a single destination', istio(to('checkout')), 100, 0],
    ['a single one, which is the canary', istio(to('checkout-canary', 3)), 0, 100],
    ['two Services', istio(to('checkout', 90), to('checkout-canary', 10)), 90, 10],
    ['weights that do not add up', istio(to('checkout', 90), to('checkout-canary', 5)), 90, 5],
    ['subsets', istio(to('checkout-sides', 75, 'stable'), to('checkout-sides', 25, 'canary')), 75, 25],
    ['a share beside others', istio(to('checkout', 45), to('checkout-canary', 15), to('legacy', 40)), 75, 25],
    ['stable beside others', istio(to('checkout', 60), to('legacy', 40)), 100, 0],
    ['backends', gateway({ name: 'checkout', weight: 50 }, { name: 'checkout-canary', weight: 50 }), 50, 50],
    ['a single backend', gateway({ name: 'checkout' }), 100, 0],
  ])('%s', (_, object, stable, canary) => {
    expect(readSplits(object, services)).toEqual([{ service: 'checkout', stable, canary, fence: 7 }]);
  });

  it('other rules, nothing', () => {
    expect(readSplits(istio(to('checkout')), new Set(['basket']))).toEqual([]);
  });
});

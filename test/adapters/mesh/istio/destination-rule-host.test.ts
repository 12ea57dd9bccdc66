import { describe, expect, it } from 'vitest';
import { isHalfWrittenHost, isServiceHost, wildcardCovers } from '../../../../adapters/mesh/istio/destination-rule-host.ts';

describe('the host of a DestinationRule', () => {
  it.each([
    ['checkout', true, false],
    ['checkout.shop.svc.cluster.local', true, false],
    ['checkout.shop', false, true],
    ['checkout.shop.svc', false, true],
    ['checkout-canary', false, false],
    ['checkout.other.svc.cluster.local', false, false],
    ['check', false, false],
  ])('%s is that of checkout in shop: %s; is meant to be, and is not: %s', (host, is, half) => {
    expect(isServiceHost(host, 'checkout', 'shop')).toBe(is);
    expect(isHalfWrittenHost(host, 'checkout', 'shop')).toBe(half);
  });

  it.each([
    ['*', true],
    ['*.shop.svc.cluster.local', true],
    ['*.local', true],
    ['*.other.svc.cluster.local', false],
    ['*.shop', false],
    ['checkout', false],
  ])('%s covers checkout in shop as a wildcard: %s', (host, covers) => {
    expect(wildcardCovers(host, 'checkout', 'shop')).toBe(covers);
  });
});

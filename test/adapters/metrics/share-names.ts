import type { ShareNames } from '../../../adapters/metrics/side-labels.ts';

/** Checkout and its canary, told apart by their Services. */
export const names: ShareNames = {
  kind: 'istio',
  namespace: 'shop',
  stableService: 'checkout',
  canaryService: 'checkout-canary',
  stableDeployment: 'checkout-app',
  canaryDeployment: 'checkout-app-canary',
  connections: false,
};

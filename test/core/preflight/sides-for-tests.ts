import type { Sides } from '../../../core/preflight/sides.ts';

const app = { app: 'checkout', team: 'payments' };

export const sides: Sides = {
  namespace: 'shop',
  deployment: 'checkout',
  stableService: 'checkout',
  canaryService: 'checkout-canary',
  sideLabel: 'sluice.dev/side',
  stable: { ...app, 'sluice.dev/side': 'stable' },
  canary: { ...app, 'sluice.dev/side': 'canary' },
};

/** The Deployment's selector. */
export const selector = { app: 'checkout' };

export const ofStable = { matchLabels: { app: 'checkout', 'sluice.dev/side': 'stable' } };
export const ofCanary = { matchLabels: { app: 'checkout', 'sluice.dev/side': 'canary' } };
export const ofBoth = { matchLabels: { app: 'checkout' } };
export const ofOthers = { matchLabels: { app: 'search' } };

export const named = (name: string) => ({ name, namespace: 'shop' });

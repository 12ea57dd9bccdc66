import { expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { Surroundings } from '../../sandbox/surroundings.ts';
import { Witness } from './witness.ts';

type Listener = Parameters<Surroundings['kubernetes']['onChange']>[0];

it('compares a route with what it said itself, since a controller that writes the status of one changes no weight', () => {
  const listeners: Listener[] = [];
  const kubernetes = { onChange: (listener: Listener) => listeners.push(listener), endpoints: () => [{ ready: true }] };
  const surroundings = { clock: new VirtualClock(), kubernetes } as unknown as Surroundings;
  const witness = new Witness(surroundings, new Map([['checkout', 'shop']]));
  const tell = (name: string, canary: number, fence: number) => {
    const backendRefs = [
      { name: 'checkout', weight: 100 - canary },
      { name: 'checkout-canary', weight: canary },
    ];
    const metadata = { name, annotations: { 'fence.sluice.dev/checkout': String(fence) } };
    const object = { kind: 'HTTPRoute', metadata, spec: { rules: [{ name: 'checkout', backendRefs }] } };
    for (const listener of listeners) listener('MODIFIED', object as unknown as Parameters<Listener>[1], undefined);
  };
  tell('outside', 25, 1);
  tell('inside', 0, 99);
  tell('outside', 25, 1);
  tell('outside', 0, 2);
  expect(witness.weightsOf('checkout')).toEqual([25, 0]);
  expect(witness.violations).toEqual([]);
});

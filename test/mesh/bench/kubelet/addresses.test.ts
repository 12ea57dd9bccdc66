import { expect, it } from 'vitest';
import { Addresses } from './addresses.ts';

const three = () => new Addresses((host) => `10.0.0.${host}`, 1, 3);

it('gives each address once, one after the other, until none is left', () => {
  const addresses = three();
  expect([1, 2, 3, 4].map(() => addresses.take())).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', undefined]);
});

it('gives an address anew as late as it can', () => {
  const addresses = three();
  addresses.take();
  addresses.giveBack('10.0.0.1');
  expect([1, 2, 3].map(() => addresses.take())).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.1']);
});

it('gives a pod the address that it had, unless somebody else has it', () => {
  const addresses = three();
  expect(addresses.take('10.0.0.2')).toBe('10.0.0.2');
  expect(addresses.take('10.0.0.2')).toBe('10.0.0.1');
  expect(addresses.take()).toBe('10.0.0.3');
});

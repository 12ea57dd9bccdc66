import { isIPv4 } from 'node:net';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cidrOfRange, hostOfRange, loopbackOfRange, rangeCount } from './range.ts';

const anyRange = fc.integer({ min: 0, max: rangeCount - 1 });
const anyHost = fc.integer({ min: 1, max: 4094 });
const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

it('gives each host of each bench an address of its own, within what the machine answers for', () => {
  fc.assert(
    fc.property(anyRange, anyHost, anyRange, anyHost, (range, host, otherRange, otherHost) => {
      const address = hostOfRange(range, host);
      const [first = '', bits] = cidrOfRange(range).split('/');
      expect(isIPv4(address)).toBe(true);
      expect(numberOf(address) - numberOf(first)).toBe(host);
      expect(host).toBeLessThan(2 ** (32 - Number(bits)));
      expect(address === hostOfRange(otherRange, otherHost)).toBe(range === otherRange && host === otherHost);
    }),
  );
});

it('stays within the addresses that are for benchmarks, and the loopback', () => {
  expect([cidrOfRange(0), hostOfRange(rangeCount - 1, 4094), loopbackOfRange(3)]).toEqual([
    '198.18.0.0/20',
    '198.18.255.254',
    '127.18.3.1',
  ]);
});

import { expect } from 'vitest';
import { marshalFields } from '../../adapters/store/attribute-value.ts';
import { keyOf } from '../../adapters/store/changes.ts';
import type { SluiceEvent, StoreChange, StoreKey } from '../../core/ports.ts';

/** What AWS would refuse, or change, though the ports in memory take it. */

const itemBytes = 400 * 1024;
const eventBytes = 256 * 1024;
const deepest = 32;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
function expectKey({ partition, sort }: StoreKey): void {
  expect(Buffer.byteLength(partition)).toBeLessThanOrEqual(2_048);
  expect(Buffer.byteLength(sort)).toBeLessThanOrEqual(1_024);
  expect(partition !== '' && sort !== '').toBe(true);
}

export function expectChange(change: StoreChange): void {
  expectKey(keyOf(change));
  if (!('put' in change)) return;
  const text = JSON.stringify(marshalFields(change.value));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(itemBytes);
  expectWellFormed(text);
  expect(levelsOf(change.value)).toBeLessThanOrEqual(deepest);
}

export function expectEvent(event: SluiceEvent): void {
  const text = JSON.stringify(event.detail);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(eventBytes - 1_024);
  expectWellFormed(text);
}

/** Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export function expectStart(name: string, input: unknown): void {
  expect(name).toMatch(/^[\w.-]{1,80}$/);
  expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThanOrEqual(eventBytes);
}

/** JSON.stringify writes half a surrogate pair as an escape, which no UTF-8 can carry. */
function expectWellFormed(text: string): void {
  expect(/(?<!\\)(?:\\\\)*\\ud[89a-f]/i.test(text)).toBe(false);
}

function levelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

import { type AttributeValue, marshalFields } from '../../adapters/store/attribute-value.ts';
import type { StoreChange, StoredItem, StoreKey } from '../../core/ports.ts';
import { sum } from './statistics.ts';

const readUnitBytes = 4096;
const writeUnitBytes = 1024;

/**
 * The size of an item as DynamoDB reckons it: names and texts in UTF-8, numbers by their digits, three bytes for a list or a map and
 * one for each entry. The table's own attributes are in it: `partition`, `sort`, `version`, `value`.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(key: StoreKey, value: Readonly<Record<string, unknown>>): number {
  return attributeBytes({
    M: { partition: { S: key.partition }, sort: { S: key.sort }, version: { N: '1' }, value: { M: marshalFields(value) } },
  });
}

/** Units of one strongly consistent GetItem; one where there is no such item. */
export function readUnits(item: Pick<StoredItem, 'key' | 'value'> | undefined): number {
  return item === undefined ? 1 : unitsFor(itemBytes(item.key, item.value), readUnitBytes);
}

/** Units of one strongly consistent Query: the sizes are added up before they are rounded. */
export function queryUnits(items: readonly Pick<StoredItem, 'key' | 'value'>[]): number {
  return unitsFor(sum(items.map(({ key, value }) => itemBytes(key, value))), readUnitBytes);
}

/** Units of one write: each item for itself, and twice in a transaction. A removal is reckoned as the smallest item. */
export function writeUnits(changes: readonly StoreChange[]): number {
  const each = changes.map((change) => ('put' in change ? unitsFor(itemBytes(change.put, change.value), writeUnitBytes) : 1));
  return sum(each) * (changes.length > 1 ? 2 : 1);
}

function unitsFor(bytes: number, bytesPerUnit: number): number {
  return Math.max(1, Math.ceil(bytes / bytesPerUnit));
}

function attributeBytes(attribute: AttributeValue): number {
  if ('S' in attribute) return Buffer.byteLength(attribute.S);
  if ('N' in attribute) return Math.ceil(attribute.N.replace(/[^0-9]/g, '').length / 2) + 1;
  if ('L' in attribute) return 3 + sum(attribute.L.map((entry) => 1 + attributeBytes(entry)));
  if ('M' in attribute)
    return 3 + sum(Object.entries(attribute.M).map(([name, entry]) => 1 + Buffer.byteLength(name) + attributeBytes(entry)));
  return 1;
}

import type { StoreChange, StoreExpectation, StoreKey, WhereFields } from '../../core/ports.ts';
import { type AttributeValue, marshal, marshalFields } from './attribute-value.ts';
import { keyOf } from './changes.ts';
import { expiresAtSeconds, type Retention } from './expiry.ts';

/**
 * The requests that the DynamoDB store sends. The table's layout: partition key `partition` (S), sort key `sort` (S), `version`
 * (N), `value` (M), which is a map so that conditions can address `#value.#fence`, and `expires` (N), the time to live, where it has one.
 *
 * DynamoDB refuses a request that declares a name or a value which its expressions do not use, hence the small maps.
 */

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, AttributeValue>>;

interface Condition {
  readonly expression: string;
  readonly names: Names;
  readonly values: Values;
}

export type DynamoDbOperation = 'UpdateItem' | 'DeleteItem' | 'ConditionCheck';

export interface DynamoDbWrite {
  readonly operation: DynamoDbOperation;
  readonly input: Readonly<Record<string, unknown>>;
}

export function marshalKey(key: StoreKey): Record<string, AttributeValue> {
  return { partition: { S: key.partition.toWellFormed() }, sort: { S: key.sort.toWellFormed() } };
}

/**
 * One change as one write. A put is an update, because only an update can count the version on from what it is. What was history may have
 * expired and not be deleted yet; for a put of history that counts as absent.
 *
 * @example writeRequest('sluice', { put: key, value: { phase: 'paused' }, expect: { where: { fence: 3 } } }).input
 *   // UpdateExpression: 'SET #value = :value, #version = if_not_exists(#version, :zero) + :one REMOVE #expires'
 *   // ConditionExpression: 'attribute_exists(#partition) AND #value.#where0 = :where0'
 */
export function writeRequest(tableName: string, change: StoreChange, retention: Retention & { readonly nowMs: number }): DynamoDbWrite {
  const base = { TableName: tableName, Key: marshalKey(keyOf(change)) };
  if ('check' in change) return { operation: 'ConditionCheck', input: { ...base, ...expressions(whereCondition(change.where)) } };
  const condition = expectCondition(change.expect);
  if ('remove' in change) return { operation: 'DeleteItem', input: { ...base, ...expressions(condition) } };
  const names = { '#value': 'value', '#version': 'version', '#expires': 'expires' };
  const values = { ':value': { M: marshalFields(change.value) }, ':zero': { N: '0' }, ':one': { N: '1' } };
  const set = 'SET #value = :value, #version = if_not_exists(#version, :zero) + :one';
  const expires = expiresAtSeconds(change, retention);
  if (expires === undefined) {
    const kept = { UpdateExpression: `${set} REMOVE #expires`, ...expressions(condition, names, values) };
    return { operation: 'UpdateItem', input: { ...base, ...kept } };
  }
  const history = expressions(change.expect === 'absent' ? absentOrExpired(retention.nowMs) : condition, names, {
    ...values,
    ':expires': { N: `${expires}` },
  });
  return { operation: 'UpdateItem', input: { ...base, UpdateExpression: `${set}, #expires = :expires`, ...history } };
}

/** The same write as a part of TransactWriteItems. */
export function transactItem({ operation, input }: DynamoDbWrite): Record<string, unknown> {
  const member = { UpdateItem: 'Update', DeleteItem: 'Delete', ConditionCheck: 'ConditionCheck' }[operation];
  return { [member]: input };
}

function expectCondition(expect: StoreExpectation): Condition | undefined {
  if (expect === 'anything') return undefined;
  if (expect === 'absent') return { expression: 'attribute_not_exists(#partition)', names: { '#partition': 'partition' }, values: {} };
  if ('where' in expect) return whereCondition(expect.where);
  return {
    expression: '#version = :version',
    names: { '#version': 'version' },
    values: { ':version': marshal(expect.version) },
  };
}

function absentOrExpired(nowMs: number): Condition {
  return {
    expression: 'attribute_not_exists(#partition) OR #expires <= :now',
    names: { '#partition': 'partition', '#expires': 'expires' },
    values: { ':now': { N: `${Math.floor(nowMs / 1000)}` } },
  };
}

/** Without fields it still asks that the item exists. */
function whereCondition(where: WhereFields): Condition {
  const fields = Object.entries(where);
  return {
    expression: ['attribute_exists(#partition)', ...fields.map((_, index) => `#value.#where${index} = :where${index}`)].join(' AND '),
    names: {
      '#partition': 'partition',
      ...(fields.length > 0 ? { '#value': 'value' } : {}),
      ...Object.fromEntries(fields.map(([name], index) => [`#where${index}`, name])),
    },
    values: Object.fromEntries(fields.map(([name, wanted], index) => [`:where${index}`, marshal(wanted, `where.${name}`)])),
  };
}

function expressions(condition: Condition | undefined, names: Names = {}, values: Values = {}): Record<string, unknown> {
  const allNames = { ...names, ...condition?.names };
  const allValues = { ...values, ...condition?.values };
  return {
    ...(condition === undefined ? {} : { ConditionExpression: condition.expression }),
    ...(Object.keys(allNames).length > 0 ? { ExpressionAttributeNames: allNames } : {}),
    ...(Object.keys(allValues).length > 0 ? { ExpressionAttributeValues: allValues } : {}),
  };
}

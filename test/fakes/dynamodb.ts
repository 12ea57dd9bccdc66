import type { AwsAnswer, AwsJsonApi } from '../../adapters/aws/json-api.ts';
import type { AttributeValue } from '../../adapters/store/attribute-value.ts';

type Item = Record<string, AttributeValue>;

interface WriteInput {
  readonly TableName: string;
  readonly Key: { readonly partition: { readonly S: string }; readonly sort: { readonly S: string } };
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

type TransactMember = 'Update' | 'Delete' | 'ConditionCheck';

export interface FakeDynamoDb {
  readonly call: AwsJsonApi;
  /** What was asked, oldest first. */
  readonly requests: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[];
  /** The next requests get these answers, one each. `done: true` carries the request out and loses its answer. */
  readonly failNext: (...failures: { readonly name: string; readonly done?: boolean; readonly codes?: readonly string[] }[]) => void;
  /** Puts an item there as somebody else than Sluice would. */
  readonly plant: (item: Item) => void;
}

const fourHundreds = /Exception$/;

/**
 * DynamoDB's JSON API for the requests that the store sends. It evaluates just those expressions and throws at any other, so
 * that a change of the adapter is noticed here. With DYNAMODB_ENDPOINT set, the contract runs against that endpoint too.
 */
export function createFakeDynamoDb(options: { readonly pageSize?: number } = {}): FakeDynamoDb {
  const items = new Map<string, Item>();
  const tokens = new Set<string>();
  const failures: { readonly name: string; readonly done?: boolean; readonly codes?: readonly string[] }[] = [];
  const requests: FakeDynamoDb['requests'] = [];
  const identity = (input: WriteInput) => JSON.stringify([input.Key.partition.S, input.Key.sort.S]);
  const holds = (input: WriteInput) => evaluate(input, items.get(identity(input)));

  const apply = (member: TransactMember, input: WriteInput) => {
    if (member === 'Delete') items.delete(identity(input));
    if (member === 'Update') items.set(identity(input), updated(input, items.get(identity(input))));
  };

  const operations: Readonly<Record<string, (input: never) => AwsAnswer>> = {
    GetItem: (input: WriteInput & { ConsistentRead?: boolean }) => {
      demand(input.ConsistentRead === true, 'a read that is not strongly consistent');
      const item = items.get(identity(input));
      return ok(item === undefined ? {} : { Item: item });
    },
    Query: (
      input: WriteInput & { ConsistentRead?: boolean; KeyConditionExpression: string; ExclusiveStartKey?: { sort: { S: string } } },
    ) => {
      demand(input.ConsistentRead === true, 'a query that is not strongly consistent');
      demand(input.KeyConditionExpression === '#partition = :partition', `the key condition ${input.KeyConditionExpression}`);
      demand(input.ExpressionAttributeNames?.['#partition'] === 'partition', 'another partition key');
      const wanted = input.ExpressionAttributeValues?.[':partition'];
      const found = [...items.values()]
        .filter((item) => same(item['partition'], wanted))
        .toSorted((a, b) => Buffer.compare(Buffer.from(text(a['sort'])), Buffer.from(text(b['sort']))));
      const start = found.findIndex((item) => text(item['sort']) === input.ExclusiveStartKey?.sort.S) + 1;
      const page = found.slice(start, start + (options.pageSize ?? 2));
      const last = page.at(-1);
      const more = last !== undefined && found.at(-1) !== last;
      return ok({ Items: page, ...(more ? { LastEvaluatedKey: { partition: last['partition'], sort: last['sort'] } } : {}) });
    },
    UpdateItem: (input: WriteInput) => single('Update', input),
    DeleteItem: (input: WriteInput) => single('Delete', input),
    TransactWriteItems: (input: { TransactItems: Partial<Record<TransactMember, WriteInput>>[]; ClientRequestToken: string }) => {
      demand(input.ClientRequestToken.length > 0, 'a transaction without a token');
      if (tokens.has(input.ClientRequestToken)) return ok({});
      const parts = input.TransactItems.map((part) => Object.entries(part)[0] as [TransactMember, WriteInput]);
      demand(parts.length <= 100, 'a transaction of more than 100 items');
      demand(new Set(parts.map(([, part]) => identity(part))).size === parts.length, 'a transaction with an item twice');
      const codes = parts.map(([, part]) => (holds(part) ? 'None' : 'ConditionalCheckFailed'));
      if (codes.includes('ConditionalCheckFailed')) return refusal('TransactionCanceledException', codes);
      for (const [member, part] of parts) apply(member, part);
      tokens.add(input.ClientRequestToken);
      return ok({});
    },
  };

  const single = (member: TransactMember, input: WriteInput): AwsAnswer => {
    if (!holds(input)) return refusal('ConditionalCheckFailedException');
    apply(member, input);
    return ok({});
  };

  return {
    requests,
    failNext: (...next) => failures.push(...next),
    plant: (item) => items.set(JSON.stringify([text(item['partition']), text(item['sort'])]), item),
    async call(operation, input) {
      requests.push({ operation, input });
      const run = operations[operation];
      demand(run !== undefined, `the operation ${operation}`);
      const failure = failures.shift();
      if (failure === undefined || failure.done) {
        const answer = run(structuredClone(input) as never);
        if (failure === undefined) return answer;
      }
      return refusal(failure.name, failure.codes);
    },
  };
}

function ok(output: unknown): AwsAnswer {
  return { status: 'ok', output: structuredClone(output) };
}

function refusal(name: string, codes?: readonly string[]): AwsAnswer {
  const details = codes === undefined ? {} : { CancellationReasons: codes.map((Code) => ({ Code })) };
  const refused = fourHundreds.test(name);
  const retryable = !refused || /Throttling|ProvisionedThroughput|TransactionConflict/.test(name);
  return { status: 'failed', failure: { name, message: 'as the test wishes', retryable, refused, details } };
}

function updated(input: WriteInput, item: Item | undefined): Item {
  const set = 'SET #value = :value, #version = if_not_exists(#version, :zero) + :one';
  const expiring = input.UpdateExpression === `${set}, #expires = :expires`;
  demand(expiring || input.UpdateExpression === `${set} REMOVE #expires`, `${input.UpdateExpression}`);
  const version = Number((item?.['version'] as { N: string } | undefined)?.N ?? '0') + 1;
  const { expires: _before, ...rest } = item ?? {};
  const expires = expiring ? { expires: operand(input, ':expires') } : {};
  return { ...rest, ...input.Key, ...expires, value: operand(input, ':value'), version: { N: `${version}` } };
}

/** Clauses joined by AND: attribute_exists(#n), attribute_not_exists(#n), #n = :v, #n.#m = :v; and that an item is absent or has expired. */
function evaluate(input: WriteInput, item: Item | undefined): boolean {
  demandAllUsed(input);
  if (input.ConditionExpression === undefined) return true;
  if (input.ConditionExpression === 'attribute_not_exists(#partition) OR #expires <= :now') {
    const expires = item?.['expires'];
    return item === undefined || (expires !== undefined && numberOf(expires) <= numberOf(operand(input, ':now')));
  }
  return input.ConditionExpression.split(' AND ').every((clause) => {
    const { negated, exists, path, wanted } =
      /^(?:attribute_(?<negated>not_)?exists\((?<exists>#\w+)\)|(?<path>#\w+(?:\.#\w+)?) = (?<wanted>:\w+))$/.exec(clause)?.groups ?? {};
    if (exists !== undefined) return (item?.[nameOf(input, exists)] !== undefined) === (negated === undefined);
    demand(path !== undefined && wanted !== undefined, `the condition ${clause}`);
    return same(valueAt(input, item, path), operand(input, wanted));
  });
}

function valueAt(input: WriteInput, item: Item | undefined, path: string): AttributeValue | undefined {
  return path.split('.').reduce<AttributeValue | undefined>((at, part) => {
    if (at === undefined || !('M' in at)) return undefined;
    return Object.hasOwn(at.M, nameOf(input, part)) ? at.M[nameOf(input, part)] : undefined;
  }, item && { M: item });
}

/** DynamoDB answers a ValidationException for a name or value that no expression uses, and for an empty map of them. */
function demandAllUsed(input: WriteInput): void {
  const text = `${input.UpdateExpression ?? ''} ${input.ConditionExpression ?? ''}`;
  for (const declared of [input.ExpressionAttributeNames, input.ExpressionAttributeValues]) {
    if (declared === undefined) continue;
    demand(Object.keys(declared).length > 0, 'an empty map of names or values');
    for (const name of Object.keys(declared)) demand(new RegExp(`${name}\\b`).test(text), `${name}, which no expression uses`);
  }
}

function nameOf(input: WriteInput, placeholder: string): string {
  const name = input.ExpressionAttributeNames?.[placeholder];
  demand(name !== undefined, `${placeholder}, which is not declared`);
  return name;
}

function operand(input: WriteInput, placeholder: string): AttributeValue {
  const value = input.ExpressionAttributeValues?.[placeholder];
  demand(value !== undefined, `${placeholder}, which is not declared`);
  return value;
}

function numberOf(value: AttributeValue): number {
  return 'N' in value ? Number(value.N) : Number.NaN;
}

function same(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function text(value: AttributeValue | undefined): string {
  return value !== undefined && 'S' in value ? value.S : '';
}

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`The fake DynamoDB does not know ${what}.`);
}

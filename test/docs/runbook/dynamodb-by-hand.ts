import { isDeepStrictEqual } from 'node:util';
import { type AttributeValue, marshalFields, unmarshalItem } from '../../../adapters/store/attribute-value.ts';
import type { RolloutStore, StoreKey } from '../../../core/ports.ts';
import { optionOf } from './pages.ts';

type Item = Record<string, AttributeValue>;

/**
 * Does to a store what a line of the runbook does to the table: update-item, put-item or delete-item, with the few expressions that it uses.
 *
 * @returns Whether the condition held.
 */
export async function runByHand(store: RolloutStore, words: readonly string[]): Promise<boolean> {
  const json = (option: string) => JSON.parse(optionOf(words, option) ?? '{}') as Item;
  const [, , operation] = words;
  const key = keyOf(json(operation === 'put-item' ? '--item' : '--key'));
  if (operation === 'delete-item') {
    await store.write([{ remove: key, expect: 'anything' }]);
    return true;
  }
  const found = await store.read(key);
  const item: Item =
    found === undefined ? {} : { ...keyItem(key), version: { N: String(found.version) }, value: { M: marshalFields(found.value) } };
  const names = json('--expression-attribute-names') as unknown as Readonly<Record<string, string>>;
  const language = { names, values: json('--expression-attribute-values') };
  if (!holds(item, optionOf(words, '--condition-expression') ?? '', language)) return false;
  const written = operation === 'put-item' ? json('--item') : updated(item, optionOf(words, '--update-expression') ?? '', language);
  const { value } = written;
  await store.write([{ put: key, value: unmarshalItem(value !== undefined && 'M' in value ? value.M : undefined), expect: 'anything' }]);
  return true;
}

interface Language {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

function holds(item: Item, condition: string, language: Language): boolean {
  return condition.split(' AND ').every((clause) => {
    const [, absent] = /^attribute_not_exists\((\S+)\)$/.exec(clause) ?? [];
    if (absent !== undefined) return at(item, absent, language) === undefined;
    const [, path = '', operator, name = ''] = /^(\S+) (=|<) (\S+)$/.exec(clause) ?? [];
    const [left, right] = [at(item, path, language), language.values[name]];
    if (right === undefined) throw new Error(`${clause} names a value that is not given`);
    if (operator === '=') return isDeepStrictEqual(left, right);
    return Number(left !== undefined && 'N' in left ? left.N : Number.NaN) < Number('N' in right ? right.N : Number.NaN);
  });
}

function updated(item: Item, expression: string, language: Language): Item {
  const copy = structuredClone(item);
  for (const clause of expression.replace(/^SET /, '').split(', ')) {
    const [, path = '', from, name = ''] = /^(\S+) = (?:(\S+) \+ )?(:\w+)$/.exec(clause) ?? [];
    const value = language.values[name];
    if (value === undefined) throw new Error(`${clause} names a value that is not given`);
    const base = from === undefined ? undefined : at(copy, from, language);
    put(copy, path, base !== undefined && 'N' in base && 'N' in value ? { N: String(Number(base.N) + Number(value.N)) } : value, language);
  }
  return copy;
}

function pathOf(path: string, { names }: Language): string[] {
  return path.split('.').map((part) => {
    const name = names[part];
    if (name === undefined) throw new Error(`${part} is not among the names`);
    return name;
  });
}

function at(item: Item, path: string, language: Language): AttributeValue | undefined {
  return pathOf(path, language).reduce<AttributeValue | undefined>(
    (found, name) => (found !== undefined && 'M' in found ? found.M[name] : undefined),
    { M: item },
  );
}

function put(item: Item, path: string, value: AttributeValue, language: Language): void {
  const [first = '', second] = pathOf(path, language);
  const inner = item[first];
  if (second === undefined) item[first] = value;
  else if (inner !== undefined && 'M' in inner) item[first] = { M: { ...inner.M, [second]: value } };
}

function keyOf({ partition, sort }: Item): StoreKey {
  const text = (attribute: AttributeValue | undefined) => (attribute !== undefined && 'S' in attribute ? attribute.S : '');
  return { partition: text(partition), sort: text(sort) };
}

function keyItem({ partition, sort }: StoreKey): Item {
  return { partition: { S: partition }, sort: { S: sort } };
}

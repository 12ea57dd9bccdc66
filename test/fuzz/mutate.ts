import fc from 'fast-check';
import { hostileText, hostileValue, ofEntries } from './hostile.ts';
import { jsonText } from './json-text.ts';

type Json = Record<string, unknown> | unknown[];

const operations = ['replace', 'remove', 'wrap', 'addKey', 'asText', 'repeat', 'renameKey'] as const;

interface Change {
  readonly operation: (typeof operations)[number];
  /** Which of all places of the value, by its rank. */
  readonly at: number;
  readonly value: unknown;
  readonly key: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  operation: fc.constantFrom(...operations),
  at: fc.nat(10_000),
  value: hostileValue,
  key: hostileText,
});

/** The value with up to three places of it changed for the worse; now and then as it is. */
export function mutated(...valid: readonly unknown[]): fc.Arbitrary<unknown> {
  const changes = fc.array(change, { maxLength: 3 });
  return fc
    .record({ base: fc.constantFrom(...valid), changes })
    .map(({ base, changes: all }) => all.reduce(applyChange, structuredClone(base)));
}

const copies = 60;

function applyChange(root: unknown, { operation, at, value: given, key }: Change): unknown {
  const value = copyOf(given);
  const places = placesOf(root);
  const place = places[at % places.length];
  if (place === undefined) return operation === 'replace' ? value : root;
  const { parent, key: own } = place;
  const here: unknown = Reflect.get(parent, own);
  switch (operation) {
    case 'replace':
      define(parent, own, value);
      break;
    case 'remove':
      if (Array.isArray(parent)) parent.splice(Number(own), 1);
      else Reflect.deleteProperty(parent, own);
      break;
    case 'wrap':
      define(parent, own, [here]);
      break;
    case 'addKey':
      if (isJson(here) && !Array.isArray(here)) define(here, key, value);
      else define(parent, own, ofEntries([[key, value]]));
      break;
    case 'asText':
      define(parent, own, typeof here === 'object' ? jsonText(here) : String(here));
      break;
    case 'repeat':
      if (Array.isArray(here)) here.push(...Array.from({ length: copies }, () => here[0]));
      else
        define(
          parent,
          own,
          Array.from({ length: copies }, () => here),
        );
      break;
    case 'renameKey':
      if (!Array.isArray(parent)) {
        Reflect.deleteProperty(parent, own);
        define(parent, key, here);
      }
      break;
  }
  return root;
}

/** What is put in is spoilt by the next change, and must not be what the next input is given. */
function copyOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (error) {
    if (error instanceof RangeError) return value;
    throw error;
  }
}

/** As JSON.parse does it: also `__proto__` is a key like any other. */
function define(target: Json, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** At most so deep, and so many, since what was put in may be deep and wide itself. */
const deepestPlace = 12;
const mostPlaces = 400;

function placesOf(root: unknown): { readonly parent: Json; readonly key: string }[] {
  const found: { readonly parent: Json; readonly key: string }[] = [];
  const visit = (value: unknown, depth: number) => {
    if (!isJson(value) || depth > deepestPlace) return;
    for (const key of Object.keys(value)) {
      if (found.length >= mostPlaces) return;
      found.push({ parent: value, key });
      visit(Reflect.get(value, key), depth + 1);
    }
  };
  visit(root, 0);
  return found;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

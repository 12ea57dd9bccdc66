import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyJsonPatch, jsonPatch, parsePointer } from '../../../sandbox/kubernetes/json-patch.ts';

describe('applyJsonPatch', () => {
  const apply = (document: unknown, operations: unknown) => applyJsonPatch(document, jsonPatch.parse(operations))?.document;

  it.each([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['overwrites with add', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['inserts into an array', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['appends with -', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['replaces an element', { a: [{ w: 1 }] }, [{ op: 'replace', path: '/a/0/w', value: 0 }], { a: [{ w: 0 }] }],
    [
      'removes a member and an element',
      { a: [1, 2], b: 1 },
      [
        { op: 'remove', path: '/a/0' },
        { op: 'remove', path: '/b' },
      ],
      { a: [2] },
    ],
    [
      'unescapes ~1 and ~0',
      { 'a/b': 1, 'c~d': 2 },
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'replace', path: '/c~0d', value: 3 },
      ],
      { 'c~d': 3 },
    ],
    ['tells ~01 from ~1', { '~1': 1 }, [{ op: 'test', path: '/~01', value: 1 }], { '~1': 1 }],
    [
      'tests whole trees, whatever the order of keys',
      { a: { x: 1, y: [2] } },
      [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }],
      { a: { x: 1, y: [2] } },
    ],
    [
      'takes null for an absent last key in a test, as kube-apiserver does',
      { a: {} },
      [{ op: 'test', path: '/a/b', value: null }],
      { a: {} },
    ],
    ['replaces the whole document', { a: 1 }, [{ op: 'replace', path: '', value: [] }], []],
    ['has keys named like parts of the language', {}, [{ op: 'add', path: '/__proto__', value: 1 }], JSON.parse('{"__proto__":1}')],
  ])('%s', (_what, document, operations, expected) => {
    expect(apply(document, operations)).toEqual(expected);
  });

  it.each([
    ['a test that does not hold', { op: 'test', path: '/a', value: 2 }],
    ['a test of an absent parent', { op: 'test', path: '/x/y', value: null }],
    ['a replace of what is absent', { op: 'replace', path: '/b', value: 1 }],
    ['a remove of what is absent', { op: 'remove', path: '/b' }],
    ['an add below an absent parent', { op: 'add', path: '/b/c', value: 1 }],
    ['an add below a number', { op: 'add', path: '/a/c', value: 1 }],
    ['an add beyond the end', { op: 'add', path: '/list/3', value: 1 }],
    ['a replace of the element after the last', { op: 'replace', path: '/list/-', value: 1 }],
    ['an index with a leading zero', { op: 'replace', path: '/list/00', value: 1 }],
    ['an inherited member', { op: 'remove', path: '/toString' }],
  ])('refuses the whole patch for %s', (_what, operation) => {
    const document = { a: 1, list: [1, 2] };
    expect(applyJsonPatch(document, jsonPatch.parse([{ op: 'replace', path: '/a', value: 1 }, operation]))).toBeUndefined();
    expect(document).toEqual({ a: 1, list: [1, 2] });
  });

  it('does not take operations that it does not know, nor paths that are no pointers', () => {
    expect(jsonPatch.safeParse([{ op: 'move', from: '/a', path: '/b' }]).success).toBe(false);
    expect(jsonPatch.safeParse([{ op: 'remove', path: 'a' }]).success).toBe(false);
    expect(jsonPatch.safeParse([{ op: 'remove', path: '/a~2' }]).success).toBe(false);
  });

  it('adds any key so that a test finds it and a remove undoes it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (document, key, value) => {
        fc.pre(!Object.hasOwn(document, key));
        const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const json = JSON.parse(JSON.stringify({ document, value })) as { document: unknown; value: unknown };
        expect(parsePointer(path)).toEqual([key]);
        const added = [
          { op: 'add', path, value: json.value },
          { op: 'test', path, value: json.value },
        ];
        expect(apply(json.document, added)).toBeDefined();
        expect(apply(json.document, [...added, { op: 'remove', path }])).toEqual(json.document);
      }),
    );
  });
});

import fc from 'fast-check';

/** Texts and values that mean harm, or that nobody thought of. */

/** Names that every object has, or that change what it inherits from. */
export const prototypeNames = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];

const special = [
  ...prototypeNames,
  ...['', ' ', '\0', '\n', '\r\n', '\u2028', '\u202e', '\ufeff', '\ud800', '\udfff', 'a\ud83d', '🐌', 'é', 'ﬀ', '%', '%00', '%2e%2e%2f'],
  ...[
    '..',
    '.',
    '/',
    '../../secrets',
    '..\\..\\x',
    'a/../b',
    '//evil.example',
    'a?b=c',
    'a#b',
    'http://evil.example/',
    'file:///etc/passwd',
  ],
  ...['NaN', 'Infinity', '-Infinity', '1e999', '0x10', '1_000', '-0', '00', '9'.repeat(400), '18446744073709551616', 'true', 'null', '~'],
  ...[
    '"} or vector(1) #',
    "'} or up{a='",
    '` or up or `',
    '\\',
    '\\"',
    '{{canary}}',
    '{{ }}',
    '{{',
    '}}',
    '$x',
    '$(id)',
    '`id`',
    '; rm -rf /',
  ],
  ...[
    '<!channel>',
    '<@U1>',
    '<https://evil.example|ok>',
    '&amp;',
    '*b*',
    '<script>',
    '\u001b[31m',
    '*',
    '&a',
    '*a',
    '!!js/function',
    '<<',
    '---',
    '%YAML 1.1',
  ],
];

const unit = fc.constantFrom('a', '"', '\\', ' ', '{{', '9', '-', '.', '/', '(', '\u0000', '🐌', '\ud800');

/** A text of many characters. What is huge costs much to judge, and seldom teaches more than what is large. */
const longText = fc
  .record({ unit, times: fc.oneof({ arbitrary: fc.nat(700), weight: 30 }, { arbitrary: fc.nat(30_000), weight: 1 }) })
  .map(({ unit: of, times }) => of.repeat(times));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...special), weight: 8 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 30 }), weight: 4 },
  { arbitrary: fc.string({ maxLength: 30 }), weight: 2 },
  { arbitrary: longText, weight: 1 },
);

const hostileNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 1e308, -1e308, 5e-324, 1e130, 2 ** 31, 2 ** 53, 2 ** 53 + 2, Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.integer(),
);

/** Brackets in brackets: what recursion without a bound dies of. */
const deep = fc
  .record({
    levels: fc.oneof({ arbitrary: fc.constantFrom(3, 40), weight: 9 }, { arbitrary: fc.constantFrom(1_000, 20_000), weight: 1 }),
    list: fc.boolean(),
  })
  .map(({ levels, list }) => {
    let value: unknown = 'x';
    for (let level = 0; level < levels; level += 1) value = list ? [value] : { a: value };
    return value;
  });

const wide = fc
  .record({
    keys: fc.oneof({ arbitrary: fc.constantFrom(5, 100), weight: 9 }, { arbitrary: fc.constant(2_000), weight: 1 }),
    list: fc.boolean(),
  })
  .map(({ keys, list }) =>
    list ? Array.from({ length: keys }, (_, index) => index) : ofEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, index])),
  );

const scalar = fc.oneof(fc.constantFrom(null, true, false, undefined), hostileNumber, hostileText);

/** Anything that JSON has, besides numbers that it lacks and values that are left out. Keys like `__proto__` are keys of their own. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: scalar, weight: 10 },
  { arbitrary: fc.array(scalar, { maxLength: 4 }), weight: 2 },
  { arbitrary: fc.array(fc.tuple(hostileText, scalar), { maxLength: 4 }).map(ofEntries), weight: 3 },
  {
    arbitrary: fc.constantFrom<unknown>({ toString: 1 }, { toJSON: 1 }, { length: 3 }, ofEntries([['__proto__', { admin: true }]])),
    weight: 1,
  },
  { arbitrary: deep, weight: 1 },
  { arbitrary: wide, weight: 1 },
);

/** An object whose every key is its own, `__proto__` too, as JSON.parse makes it. */
export function ofEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

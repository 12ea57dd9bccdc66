import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { compilePattern, matchesPattern } from '../../../sandbox/eventbridge/pattern.ts';
import cases from '../../data/eventbridge-cases.json' with { type: 'json' };

describe('matchesPattern', () => {
  it('is tried on all answers of Ruler', () => {
    expect(cases).toHaveLength(51);
  });

  it.each(cases)("answers '$name' as Ruler does", ({ pattern, event, matches }) => {
    expect(matchesPattern(pattern, event)).toBe(matches);
  });

  it.each([
    ['an IPv6 range', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8::1' }, true],
    ['an IPv4 address and an IPv6 range', { ip: [{ cidr: '::/0' }] }, { ip: '10.0.0.1' }, false],
    ['a backslash that stands for itself', { a: [{ wildcard: 'c:\\\\*' }] }, { a: 'c:\\temp' }, true],
    ['a dot in a wildcard', { a: [{ wildcard: 'v1.*' }] }, { a: 'v12' }, false],
    ['anything but several endings', { a: [{ 'anything-but': { suffix: ['.sig', '.att'] } }] }, { a: 'v1.att' }, false],
    ['a field that no element of a list may have', { i: { a: [{ exists: false }] } }, { i: [{ a: 1 }, { b: 2 }] }, false],
    ['an empty list of objects', { i: { a: [{ exists: false }] } }, { i: [] }, true],
    ['$or beside its own parent', { d: { c: ['x'] }, $or: [{ d: { a: ['y'] } }, { d: { b: ['z'] } }] }, { d: { c: 'x', b: 'z' } }, true],
    ['$or within one element only', { i: { a: ['1'] }, $or: [{ i: { b: ['2'] } }, { x: ['3'] }] }, { i: [{ a: '1' }, { b: '2' }] }, false],
    ['a key of every object', { constructor: [{ exists: true }] }, {}, false],
  ])('knows %s', (_, pattern, event, matches) => {
    expect(matchesPattern(pattern, event)).toBe(matches);
  });
});

describe('compilePattern', () => {
  it.each([
    ['no object', 'aws.ecr', /The event pattern must be an object/],
    ['an empty object', { detail: {} }, /detail is an empty object/],
    ['a value outside of a list', { detail: { a: 'x' } }, /detail\.a must be an object, or a list/],
    ['an empty list', { source: [] }, /source is an empty list/],
    ['a list within a list', { source: [['a']] }, /a list within a list/],
    ['an unknown operator', { a: [{ startsWith: 'x' }] }, /unknown operator "startsWith"/],
    ['two operators in one object', { a: [{ prefix: 'x', suffix: 'y' }] }, /exactly one operator/],
    ['an empty prefix', { a: [{ prefix: '' }] }, /a\.prefix must be a string that is not empty/],
    ['a prefix with an operator that it does not take', { a: [{ prefix: { wildcard: 'x' } }] }, /equals-ignore-case/],
    ['exists with a word', { a: [{ exists: 'yes' }] }, /true or false/],
    ['anything but a mixture', { a: [{ 'anything-but': ['x', 1] }] }, /strings only, or numbers only/],
    ['anything but nothing', { a: [{ 'anything-but': [] }] }, /empty list/],
    ['half a comparison', { a: [{ numeric: ['>'] }] }, /one or two comparisons/],
    ['a comparison that there is not', { a: [{ numeric: ['!=', 1] }] }, /must pair/],
    ['a range upside down', { a: [{ numeric: ['<', 1, '>', 0] }] }, /lower bound first/],
    ['a range without room', { a: [{ numeric: ['>', 1, '<', 1] }] }, /some room/],
    ['an address without a range', { a: [{ cidr: '10.0.0.1' }] }, /address range/],
    ['a range that is too long', { a: [{ cidr: '10.0.0.0/33' }] }, /address range/],
    ['two wildcards in a row', { a: [{ wildcard: 'a**' }] }, /two wildcards in a row/],
    ['an escape of nothing', { a: [{ wildcard: 'a\\b' }] }, /escapes something other/],
    ['$or with one alternative', { $or: [{ a: ['x'] }] }, /two patterns or more/],
    ['a field both within $or and outside of it', { a: ['x'], $or: [{ a: ['y'] }, { b: ['z'] }] }, /is given twice/],
  ])('refuses %s, and says where', (_, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(InvalidInputError);
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  it('refuses alternatives that multiply beyond what EventBridge takes', () => {
    const alternatives = Array.from({ length: 32 }, (_, index) => ({ [`f${index}`]: ['x'] }));
    expect(() => compilePattern({ a: { $or: alternatives }, b: { $or: alternatives } })).toThrow(/more than 1000/);
  });
});

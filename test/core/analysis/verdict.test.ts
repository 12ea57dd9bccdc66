import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overallVerdict, type Verdict, type VerdictKind, verdictKind } from '../../../core/analysis/verdict.ts';

const part = (name: string, verdict: VerdictKind): Verdict => ({ name, verdict, reason: `${name} says ${verdict}.` });
const kinds = fc.array(fc.constantFrom(...verdictKind.options), { minLength: 1, maxLength: 12 });
const parts = kinds.map((list) => list.map((kind, index) => part(`metric ${index}`, kind)));

describe('the verdict of an analysis', () => {
  it('J3: is inconclusive where nothing was judged', () => {
    expect(overallVerdict([])).toEqual({ name: 'analysis', verdict: 'inconclusive', reason: 'Nothing was measured.' });
  });

  it.each<[VerdictKind[], VerdictKind]>([
    [['pass', 'pass'], 'pass'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'unavailable'], 'unavailable'],
    [['unavailable', 'fail', 'inconclusive', 'pass'], 'fail'],
    [['unavailable', 'unavailable'], 'unavailable'],
  ])('of %j is %s, the gravest', (list, expected) => {
    expect(overallVerdict(list.map((kind, index) => part(`${index}`, kind))).verdict).toBe(expected);
  });

  it('is told in the words of the first part that is as grave', () => {
    const grave = part('latency', 'fail');
    expect(overallVerdict([part('errors', 'pass'), grave, part('canary', 'fail')])).toEqual(grave);
  });

  it('J2: is of a source that is down rather than of one that throttles, and of that rather than of too little evidence', () => {
    const throttled = { ...part('throttled', 'unavailable'), throttled: true };
    const down = part('down', 'unavailable');
    const nothing = part('nothing', 'inconclusive');
    expect(overallVerdict([throttled, down])).toEqual(down);
    expect(overallVerdict([nothing, throttled])).toEqual(throttled);
    expect(overallVerdict([throttled, part('bad', 'fail')]).verdict).toBe('fail');
  });

  it('names all that pass, or tells the reason of the only one', () => {
    expect(overallVerdict([part('a', 'pass'), part('b', 'pass')])).toEqual({
      name: 'analysis',
      verdict: 'pass',
      reason: 'All 2 pass: a, b.',
    });
    expect(overallVerdict([part('a', 'pass')])).toEqual({ name: 'analysis', verdict: 'pass', reason: 'a says pass.' });
  });

  it('is a fail exactly where one part fails, and a pass exactly where all parts pass', () => {
    fc.assert(
      fc.property(parts, (list) => {
        const { verdict } = overallVerdict(list);
        expect(verdict === 'fail').toBe(list.some((each) => each.verdict === 'fail'));
        expect(verdict === 'pass').toBe(list.every((each) => each.verdict === 'pass'));
      }),
    );
  });

  it('does not depend on the order of its parts, but for the one that is named', () => {
    const shuffled = parts.chain((list) =>
      fc.record({ list: fc.constant(list), other: fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }) }),
    );
    fc.assert(
      fc.property(shuffled, ({ list, other }) => {
        const { verdict } = overallVerdict(list);
        const again = overallVerdict(other);
        expect(again.verdict).toBe(verdict);
        if (verdict !== 'pass') expect(list).toContainEqual(again);
      }),
    );
  });

  it('J3: with all measurements in error is never a success', () => {
    const errors = fc.array(fc.constantFrom<VerdictKind>('unavailable', 'inconclusive'), { maxLength: 12 });
    fc.assert(
      fc.property(errors, (list) => {
        expect(overallVerdict(list.map((kind) => part('metric', kind))).verdict).not.toBe('pass');
      }),
    );
  });
});

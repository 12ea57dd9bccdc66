import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMath, renameIds } from '../../../core/analysis/metric-math.ts';

const idsIn = (expression: string) => readMath(expression).ids.map(({ id, isFilled }) => (isFilled ? `${id} filled` : id));

describe("the words of CloudWatch's metric math", () => {
  it.each([
    ['100 * errors / requests', ['errors', 'requests']],
    ['FILL(errors, 0) / requests', ['errors filled', 'requests']],
    ['FILL(100 * (a + b), REPEAT) + c', ['a filled', 'b filled', 'c']],
    ['IF(requests > 10, AVG([m1, m_2]))', ['requests', 'm1', 'm_2']],
    ["SUM(SEARCH('{AWS/EC2,InstanceId} cpu (x', 'Average')) + own", ['own']],
    ['1e3 * a + 2.5E-3', ['a']],
    ['METRICS("errors") OR fill', ['fill']],
    ['"never closed errors', []],
    ['', []],
  ])('%s has the ids %j', (expression, ids) => {
    expect(idsIn(expression)).toEqual(ids);
  });

  it('are functions where a parenthesis follows', () => {
    expect(readMath('IF(a AND b, SUM (METRICS()))').functions).toEqual(['IF', 'SUM', 'METRICS']);
  });

  it('say where an id stands, and it is renamed there and nowhere else', () => {
    expect(readMath('errors / all').ids.map(({ at }) => at)).toEqual([0, 9]);
    expect(renameIds('FILL(e, 0) / e + "e" + E', (id) => `q0_${id}`)).toBe('FILL(q0_e, 0) / q0_e + "e" + E');
  });

  it('stay as they are where ids keep their names, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => renameIds(text, (id) => id) === text));
  });

  it('are found again under their new names', () => {
    const id = fc.stringMatching(/^[a-z]\w{0,5}$/);
    const expression = fc
      .array(fc.oneof(id, fc.constantFrom('+', '*', '(', ')', 'FILL(', ',', '10', '"a b"', 'REPEAT')))
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(expression, (text) => {
        const renamed = renameIds(text, (each) => `q7_${each}`);
        expect(readMath(renamed).ids.map((each) => each.id)).toEqual(readMath(text).ids.map((each) => `q7_${each.id}`));
      }),
    );
  });
});

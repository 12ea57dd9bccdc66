import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { compileExpression } from '../../../sandbox/cloudwatch/metric-math.ts';

const values: Readonly<Record<string, number>> = { errors: 3, requests: 60, none: 0, m1: 2 };
const answer = (text: string) => compileExpression(text).evaluate((id) => values[id]);

describe('compileExpression', () => {
  it.each([
    ['100*errors/requests', 5],
    ['100 * (errors / requests)', 5],
    ['1+2*3', 7],
    ['(1+2)*3', 9],
    ['8-3-2', 3],
    ['16/4/2', 2],
    ['-errors+1.5', -1.5],
    ['m1*-1', -2],
  ])('computes %s', (text, expected) => {
    expect(answer(text)).toBeCloseTo(expected, 12);
  });

  it.each(['errors/none', '0*absent', 'absent+1', '1/(requests-60)'])('has no value for %s', (text) => {
    expect(answer(text)).toBeUndefined();
  });

  it('names its ids, each once', () => {
    expect(compileExpression('100*errors/(errors+requests)').ids).toEqual(['errors', 'requests']);
  });

  it.each(['', '1+', '(1', '1)', 'errors requests', 'SUM(METRICS())', 'errors % 2', 'FILL(errors, 0)', '*2'])('refuses %j', (text) => {
    expect(() => compileExpression(text)).toThrow(InvalidInputError);
  });
});

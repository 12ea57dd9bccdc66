import { describe, expect, it } from 'vitest';
import { selects } from '../../../core/preflight/label-selector.ts';

const pods = { app: 'checkout', side: 'stable' };

describe('a label selector', () => {
  it.each([
    ['nothing, which is all pods', {}, true],
    ['null, as the API writes nothing', { matchLabels: null, matchExpressions: null }, true],
    ['a label', { matchLabels: { app: 'checkout' } }, true],
    ['a label with another value', { matchLabels: { app: 'search' } }, false],
    ['a label that is not there', { matchLabels: { tier: 'web' } }, false],
    ['one of several values', { matchExpressions: [{ key: 'side', operator: 'In', values: ['stable', 'both'] }] }, true],
    ['none of several values', { matchExpressions: [{ key: 'side', operator: 'In', values: ['canary'] }] }, false],
    ['In of a label that is not there', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] }, false],
    ['another value', { matchExpressions: [{ key: 'side', operator: 'NotIn', values: ['canary'] }] }, true],
    ['NotIn of its value', { matchExpressions: [{ key: 'side', operator: 'NotIn', values: ['stable'] }] }, false],
    ['NotIn of a label that is not there', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] }, true],
    ['a label that exists', { matchExpressions: [{ key: 'side', operator: 'Exists' }] }, true],
    ['a label that does not exist', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
    ['the absence of a label', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, true],
    ['the absence of one that is there', { matchExpressions: [{ key: 'side', operator: 'DoesNotExist' }] }, false],
    ['an operator that nobody knows', { matchExpressions: [{ key: 'side', operator: 'Gt', values: ['1'] }] }, false],
    [
      'both a label and an expression',
      { matchLabels: { app: 'checkout' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      false,
    ],
  ])('that asks for %s', (_what, selector, found) => {
    expect(selects(selector, pods)).toBe(found);
  });
});

import { describe, expect, it } from 'vitest';
import { budgetFindings } from '../../../core/preflight/disruption-budgets.ts';
import { servicesOverBoth } from '../../../core/preflight/services-over-both.ts';
import { named, ofBoth, ofCanary, ofOthers, ofStable, sides } from './sides-for-tests.ts';

describe('a Service that finds both sides', () => {
  const service = (name: string, selector?: Record<string, string>) => ({ metadata: { name }, spec: { selector: selector ?? null } });

  it('is warned about, with the patch that leaves it stable alone', () => {
    const [found] = servicesOverBoth([service('checkout-internal', ofBoth.matchLabels)], sides, []);
    expect(found).toMatchObject({ severity: 'warning', subject: 'Service shop/checkout-internal' });
    expect(found?.remedy).toContain(
      `kubectl -n shop patch service checkout-internal --type merge -p '{"spec":{"selector":{"sluice.dev/side":"stable"}}}'`,
    );
  });

  it.each([
    ['selects one side', service('other', ofStable.matchLabels), []],
    ['selects other pods', service('other', ofOthers.matchLabels), []],
    ['selects none, such as one of an external name', service('other'), []],
    ['is stable’s, which is spoken of elsewhere', service('checkout', ofBoth.matchLabels), []],
    ['is the canary’s', service('checkout-canary', ofBoth.matchLabels), []],
    ['is where the requests of the route come in', service('shop', ofBoth.matchLabels), ['shop']],
  ])('is not spoken of where it %s', (_what, found, fronts) => {
    expect(servicesOverBoth([found], sides, fronts)).toEqual([]);
  });
});

describe('a PodDisruptionBudget', () => {
  it.each([
    ['of both sides', ofBoth, 1],
    ['of every pod', {}, 1],
    ['of stable', ofStable, 0],
    ['of the canary', ofCanary, 0],
    ['of other pods', ofOthers, 0],
    ['of none', null, 0],
  ])('%s', (_what, selector, count) => {
    const found = budgetFindings([{ metadata: named('checkout'), spec: { selector } }], sides);
    expect(found).toHaveLength(count);
    expect(found.every(({ severity, subject }) => severity === 'warning' && subject === 'PodDisruptionBudget shop/checkout')).toBe(true);
  });

  it.each([
    [
      'by the labels that it has and the side',
      ofBoth,
      'spec:\n  selector:\n    matchLabels:\n      app: checkout\n      sluice.dev/side: stable',
    ],
    ['by one of its own', {}, 'Give each service a budget of its own'],
  ])('is to count stable alone, %s', (_what, selector, remedy) => {
    expect(budgetFindings([{ metadata: named('checkout'), spec: { selector } }], sides)[0]?.remedy).toContain(remedy);
  });
});

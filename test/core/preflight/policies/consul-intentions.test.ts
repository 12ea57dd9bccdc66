import { expect, it } from 'vitest';
import { intentionFindings } from '../../../../core/preflight/policies/consul-intentions.ts';
import { named, sides } from '../sides-for-tests.ts';

const about = (...names: string[]) => names.map((name) => ({ metadata: named('callers'), spec: { destination: { name } } }));

it('intentions about stable’s service leave out pods that would register as another one', () => {
  const [found] = intentionFindings(about('checkout'), sides, {});
  expect(found).toMatchObject({ severity: 'refusal', subject: 'ServiceIntentions shop/callers' });
  expect(found?.remedy).toContain('consul.hashicorp.com/connect-service: checkout');
});

it.each([
  ['pods say which service they are', about('checkout'), { 'consul.hashicorp.com/connect-service': 'checkout' }],
  ['the canary’s service has its own', about('checkout', 'checkout-canary'), {}],
  ['they are about every service', about('checkout', '*'), {}],
  ['they are about another service', about('search'), {}],
])('intentions are fine where %s', (_what, intentions, annotations) => {
  expect(intentionFindings(intentions, sides, annotations)).toEqual([]);
});

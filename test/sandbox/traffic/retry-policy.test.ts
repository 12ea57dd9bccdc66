import { expect, it } from 'vitest';
import { retryPolicy } from '../../../sandbox/traffic/retry-policy.ts';
import type { TryFailure } from '../../../sandbox/traffic/routes.ts';

it.each<[string | undefined, TryFailure[], TryFailure[]]>([
  ['5xx', [500, 503, 'noConnection', 'broken', 'timeout'], [404, 200]],
  ['gateway-error', [502, 503, 504, 'noConnection'], [500]],
  ['connect-failure', ['noConnection'], [503, 'broken', 'timeout']],
  ['reset', ['broken', 'timeout'], [503, 'noConnection']],
  ['connect-failure, 429', ['noConnection', 429], [503]],
  [undefined, ['noConnection', 503], [500, 'broken']],
])('retries on %s are for %j and not for %j', (retryOn, retried, not) => {
  const { isRetried } = retryPolicy(2, undefined, retryOn);
  expect(retried.filter((failure) => !isRetried(failure))).toEqual([]);
  expect(not.filter(isRetried)).toEqual([]);
});

import * as z from 'zod/mini';
import { duration } from './duration.ts';
import { positiveInt } from './names.ts';

/** Of at least a second: Istio's and the Gateway API's schemas take no 0, and a duration here has whole seconds. */
const atLeastOneSecond = duration.check(z.refine((seconds) => seconds >= 1, { error: 'a duration of at least 1s' }));

/** Envoy's words for what may be tried again, of HTTP and of gRPC; Istio's webhook refuses any other. Source: istio.io/istio,
 * pkg/config/validation/validation.go, supportedRetryOnPolicies. */
const retryWords = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];
const retryOn = z
  .string()
  .check(z.regex(new RegExp(`^(${retryWords.join('|')}|[1-5]\\d\\d)$`), { error: `one of ${retryWords.join(', ')}, or a status code` }));

/**
 * How requests are to be treated while a rollout runs: written on the routes, and on the canary's own DestinationRule, from the first step
 * on, and gone when the rollout has ended, however it ended.
 */
const retries = z.pipe(
  z.strictObject({
    attempts: z.int().check(z.minimum(0), z.maximum(10), z.describe('How often a request is tried again; 0 for never')),
    perTryTimeout: z.optional(atLeastOneSecond.check(z.describe('How long one try may take'))),
    on: z
      ._default(z.array(retryOn).check(z.minLength(1)), ['connect-failure', 'refused-stream', 'unavailable', '503'])
      .check(z.describe("What is tried again, in Envoy's words or as status codes")),
  }),
  z.transform(({ attempts, perTryTimeout, on }) => ({
    attempts,
    on,
    ...(perTryTimeout === undefined ? {} : { perTryTimeoutSeconds: perTryTimeout }),
  })),
);

const outlierDetection = z.pipe(
  z.strictObject({
    consecutive5xx: z._default(positiveInt, 5).check(z.describe('So many 5xx in a row take a pod out for a while')),
    interval: z.prefault(atLeastOneSecond, '10s').check(z.describe('How often pods are looked at')),
    ejection: z.prefault(atLeastOneSecond, '30s').check(z.describe('How long a pod is out at first')),
    mostOutPercent: z
      ._default(z.int().check(z.minimum(0), z.maximum(100)), 50)
      .check(z.describe('At most so many of its pods in a hundred are out')),
  }),
  z.transform(({ consecutive5xx, interval, ejection, mostOutPercent }) => ({
    consecutive5xx,
    intervalSeconds: interval,
    ejectionSeconds: ejection,
    mostOutPercent,
  })),
);

export const resilience = z.pipe(
  z.strictObject({
    retries: z.optional(retries.check(z.describe('Of requests to both sides'))),
    timeout: z.optional(atLeastOneSecond.check(z.describe('Of requests to both sides, all tries together'))),
    outlierDetection: z.optional(
      outlierDetection.check(z.describe('Circuit breaking of the canary: pods that keep failing get no requests for a while')),
    ),
  }),
  z.transform(({ timeout, retries: retrying, outlierDetection: outliers }) => ({
    ...(retrying === undefined ? {} : { retries: retrying }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(outliers === undefined ? {} : { outlierDetection: outliers }),
  })),
);
export type Resilience = z.infer<typeof resilience>;

import type { Retries, TryFailure } from './routes.ts';

/** Istio's own where a rule asks for retries and does not say on what, as far as HTTP goes. */
const usualConditions = 'connect-failure,refused-stream,unavailable,cancelled,503';

/**
 * Whether a try that failed is tried again, by Envoy's words and status codes. Words about gRPC are passed over.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
 */
export function retryPolicy(attempts: number, perTryTimeoutMs: number | undefined, retryOn: string | undefined): Retries {
  const conditions = new Set((retryOn ?? usualConditions).split(',').map((each) => each.trim()));
  const isRetried = (failure: TryFailure) => {
    if (failure === 'noConnection') return has('connect-failure', '5xx', 'gateway-error');
    if (failure === 'broken') return has('reset', '5xx', 'gateway-error');
    if (failure === 'timeout') return has('5xx', 'gateway-error', 'reset', '504');
    const gateway = failure >= 502 && failure <= 504;
    return has(String(failure)) || (failure >= 500 && has('5xx')) || (gateway && has('gateway-error'));
  };
  const has = (...words: string[]) => words.some((word) => conditions.has(word));
  return { attempts, perTryTimeoutMs, isRetried };
}

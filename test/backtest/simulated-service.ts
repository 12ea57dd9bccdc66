import { SeriesStore } from '../../sandbox/prometheus/series-store.ts';
import { createDraw } from '../bench/judge/draw.ts';
import { seededRandom } from '../seeded-random.ts';

/** A service in Istio, with a canary beside stable, whose callers' proxies are scraped. */
export interface SimulatedService {
  readonly seed: number;
  /** When the canary gets its first requests; what lies before is stable's alone. */
  readonly fromMs: number;
  readonly pastSeconds: number;
  readonly forSeconds: number;
  readonly requestsPerSecond: number;
  /** The canary's part of the requests, which stays what it is. */
  readonly canaryPart: number;
  /** What share of answers fails, and what share is slower than 250 ms, so many seconds after the beginning. */
  readonly failing: (side: Side, afterSeconds: number) => number;
  readonly slow?: (side: Side, afterSeconds: number) => number;
  /** Seconds after the beginning at which the caller's pod is replaced by another one, whose counters begin at 0. */
  readonly callerReplacedAt?: number;
  readonly scrapeSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export type Side = 'stable' | 'canary';

/** Half of what is fast takes less than 100 ms, and of what is slow more than 500 ms. */
const boundsMs = [100, 250, 500, 1000] as const;

/** What a Prometheus has scraped of it: counters of answers by their code, and histograms of how long they took. */
export function scrapedService(service: SimulatedService): SeriesStore {
  const { fromMs, pastSeconds, forSeconds, scrapeSeconds = 10, callerReplacedAt = Number.POSITIVE_INFINITY } = service;
  const store = new SeriesStore({ retentionMs: 30 * 86_400_000 });
  const draw = createDraw(seededRandom(service.seed));
  let counters = new Map<string, number>();
  let caller = 'web-6b4f-x2k';
  const add = (key: string, by: number) => counters.set(key, (counters.get(key) ?? 0) + by);
  for (let after = -pastSeconds; after <= forSeconds; after += scrapeSeconds) {
    if (after >= callerReplacedAt && caller === 'web-6b4f-x2k') {
      for (const key of counters.keys()) store.append(labelsOf(service, caller, key), fromMs + after * 1000, 'stale');
      [counters, caller] = [new Map(), 'web-6b4f-p7d'];
    }
    for (const side of ['stable', 'canary'] as const) {
      const part = after < 0 ? Number(side === 'stable') : side === 'canary' ? service.canaryPart : 1 - service.canaryPart;
      const all = draw.poisson(service.requestsPerSecond * scrapeSeconds * part);
      if (part === 0) continue;
      const failed = draw.binomial(all, service.failing(side, after));
      const slow = draw.binomial(all, service.slow?.(side, after) ?? 0);
      add(`${side} code 200`, all - failed);
      if (failed > 0) add(`${side} code 503`, failed);
      const fast = all - slow;
      for (const bound of boundsMs) {
        const within = bound < 250 ? Math.floor(fast / 2) : fast + (bound < 1000 ? Math.floor(slow / 2) * Number(bound > 250) : slow);
        add(`${side} le ${bound}`, within);
      }
      add(`${side} le +Inf`, all);
    }
    for (const [key, count] of counters) store.append(labelsOf(service, caller, key), fromMs + after * 1000, count);
  }
  return store;
}

function labelsOf(service: SimulatedService, caller: string, key: string): Record<string, string> {
  const [side, label = '', value = ''] = key.split(' ');
  return {
    __name__: label === 'code' ? 'istio_requests_total' : 'istio_request_duration_milliseconds_bucket',
    reporter: 'source',
    pod: caller,
    destination_service_namespace: 'shop',
    destination_service_name: side === 'canary' ? 'checkout-canary' : 'checkout',
    ...(label === 'code' ? { response_code: value } : { le: value }),
    ...service.labels,
  };
}

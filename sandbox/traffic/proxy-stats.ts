/** What happened at one destination: a Service, or a subset of it. Copies count as requests. */
export interface DestinationStats {
  /** Requests routed to it, whether or not an endpoint was there to take them. */
  readonly started: number;
  /** Answered with less than 500. */
  readonly succeeded: number;
  /** Answered with 500 or more, or broken off. */
  readonly failed: number;
  readonly lastStartedAtMs: number | undefined;
}

export interface ProxyStats {
  /** By the Service's name, or `<name>/<subset>`. Those in two namespaces with one name are counted together. */
  readonly destinations: Readonly<Record<string, DestinationStats>>;
  /** Requests that no route, and no Service, took. */
  readonly unrouted: number;
  /** Objects that the proxy could not read, by name, and why: what they said before is still in force. */
  readonly refused: Readonly<Record<string, string>>;
}

export interface StartedRequest {
  readonly atMs: number;
  /** Name of the destination Service. */
  readonly destination: string;
  /** Of its pods, where the route names one. */
  readonly subset?: string;
}

export interface FinishedRequest {
  /** When it ended. */
  readonly atMs: number;
  readonly destination: string;
  readonly subset?: string;
  /** What the client was answered; 0 where it got no whole answer. */
  readonly status: number;
  readonly durationMs: number;
}

/** Is told of each request to a destination: when it is routed, and when it ended. */
export interface ProxyObserver {
  readonly onStart?: ((request: StartedRequest) => void) | undefined;
  readonly onRequest?: ((request: FinishedRequest) => void) | undefined;
}

interface Counts {
  started: number;
  succeeded: number;
  failed: number;
  lastStartedAtMs: number | undefined;
}

/** Counts requests by destination and tells the observers. */
export class RequestCounter {
  unrouted = 0;
  readonly #counts = new Map<string, Counts>();
  readonly #observers = new Set<ProxyObserver>();

  observe(observer: ProxyObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  start(request: StartedRequest): void {
    const counts = this.#of(request);
    counts.started += 1;
    counts.lastStartedAtMs = request.atMs;
    for (const observer of this.#observers) observer.onStart?.(request);
  }

  finish(request: FinishedRequest): void {
    const counts = this.#of(request);
    if (request.status > 0 && request.status < 500) counts.succeeded += 1;
    else counts.failed += 1;
    for (const observer of this.#observers) observer.onRequest?.(request);
  }

  destinations(): Record<string, DestinationStats> {
    return Object.fromEntries([...this.#counts].map(([destination, counts]) => [destination, { ...counts }]));
  }

  #of({ destination, subset }: Pick<StartedRequest, 'destination' | 'subset'>): Counts {
    const name = subset === undefined ? destination : `${destination}/${subset}`;
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = { started: 0, succeeded: 0, failed: 0, lastStartedAtMs: undefined };
      this.#counts.set(name, counts);
    }
    return counts;
  }
}

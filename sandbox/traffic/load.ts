import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import type { SandboxClock } from '../clock.ts';

export interface LoadOptions {
  readonly clock: SandboxClock;
  /** The proxy's address; its path is what is asked for. */
  readonly url: string;
  /** The Host header: the service that is meant. */
  readonly host: string;
  readonly requestsPerSecond: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onResult?: (result: LoadResult) => void;
}

export interface LoadResult {
  /** When it was sent. */
  readonly atMs: number;
  readonly durationMs: number;
  /** 0 where no whole answer came. */
  readonly status: number;
  /** The x-version header of the answer; undefined where no pod gave it. */
  readonly version: string | undefined;
}

export interface LoadCounts {
  readonly answered: number;
  /** Of the answered ones, those with 500 or more. */
  readonly failed: number;
}

export interface LoadStats {
  readonly sent: number;
  readonly answered: number;
  /** 500 or more, or no answer. */
  readonly failed: number;
  /** Answers without a version, such as the proxy's own 503, are not here. */
  readonly byVersion: Readonly<Record<string, LoadCounts>>;
  /** Requests by status; 0 where no whole answer came. */
  readonly byStatus: Readonly<Record<number, number>>;
}

export interface RunningLoad {
  /** Changes the rate from now on. 0 stops the traffic until it is set again. */
  setRate(requestsPerSecond: number): void;
  stats(): LoadStats;
  /** Ends it; requests under way are broken off and count as failed. */
  stop(): void;
}

/**
 * A steady load: one request each 1/rate seconds of the clock, whether or not earlier ones are back, the first after one such
 * interval. A timer that fires late sends what is due at once, so that the rate holds.
 */
export function startLoad({ clock, url, host, requestsPerSecond, headers = {}, onResult }: LoadOptions): RunningLoad {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port, pathname, search } = new URL(url);
  const target = { agent, hostname, port, path: pathname + search, headers: { ...headers, host } };
  const tally = new Tally();
  let stopped = false;
  let cancel: () => void = () => undefined;

  const send = () => {
    const atMs = clock.now();
    tally.sent += 1;
    void clock
      .busy(() => ask(target))
      .then(({ status, version }) => {
        tally.count(status, version);
        onResult?.({ atMs, durationMs: clock.now() - atMs, status, version });
      });
  };

  const setRate = (rate: number) => {
    cancel();
    if (stopped || rate <= 0) return;
    const sinceMs = clock.now();
    let sentSince = 0;
    const dueMs = () => sinceMs + ((sentSince + 1) * 1000) / rate;
    const arm = () => {
      cancel = clock.timer(Math.max(0, dueMs() - clock.now()), () => {
        while (dueMs() <= clock.now()) {
          sentSince += 1;
          send();
        }
        arm();
      });
    };
    arm();
  };
  setRate(requestsPerSecond);

  return {
    setRate,
    stats: () => tally.stats(),
    stop() {
      stopped = true;
      cancel();
      agent.destroy();
    },
  };
}

function ask(target: RequestOptions): Promise<Pick<LoadResult, 'status' | 'version'>> {
  return new Promise((resolve) => {
    const broken = () => resolve({ status: 0, version: undefined });
    const request = httpRequest(target, (answer) => {
      const version = answer.headers['x-version'];
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, version: typeof version === 'string' ? version : undefined }));
      answer.on('error', broken);
      answer.resume();
    });
    request.on('error', broken);
    request.end();
  });
}

class Tally {
  sent = 0;
  readonly #byStatus = new Map<number, number>();
  readonly #byVersion = new Map<string, { answered: number; failed: number }>();

  count(status: number, version: string | undefined): void {
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    if (version === undefined) return;
    const counts = this.#byVersion.get(version) ?? { answered: 0, failed: 0 };
    counts.answered += 1;
    if (status >= 500) counts.failed += 1;
    this.#byVersion.set(version, counts);
  }

  stats(): LoadStats {
    let answered = 0;
    let failed = 0;
    for (const [status, count] of this.#byStatus) {
      if (status > 0) answered += count;
      if (status === 0 || status >= 500) failed += count;
    }
    return {
      sent: this.sent,
      answered,
      failed,
      byStatus: Object.fromEntries(this.#byStatus),
      byVersion: Object.fromEntries([...this.#byVersion].map(([version, counts]) => [version, { ...counts }])),
    };
  }
}

import { request as httpRequest } from 'node:http';
import { every, type SandboxClock } from '../../sandbox/clock.ts';

/** Where requests to a service go. */
export interface Address {
  readonly url: string;
  readonly host: string;
}

/** One answer to one visitor. */
export interface Visit {
  /** When it was asked for. */
  readonly atMs: number;
  readonly status: number;
  /** Undefined where no pod answered. */
  readonly version: string | undefined;
}

export interface VisitorHabits {
  readonly headers?: Readonly<Record<string, string>>;
  /** 1 where left out. */
  readonly everySeconds?: number;
}

/** A user who sends headers of their own, and keeps the cookies that answers set, as a browser does. */
export class Visitor {
  readonly visits: Visit[] = [];
  readonly #cookies = new Map<string, string>();

  /** Comes until the clock stops. */
  constructor(clock: SandboxClock, { url, host }: Address, { headers = {}, everySeconds = 1 }: VisitorHabits = {}) {
    every(clock, everySeconds * 1000, () => {
      const atMs = clock.now();
      return clock.busy(async () => {
        this.visits.push({ atMs, ...(await this.#ask(url, { ...headers, host })) });
      });
    });
  }

  /** The versions that answered from a moment to another, each once. */
  versions(fromMs: number, toMs: number): (string | undefined)[] {
    const asked = this.visits.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return [...new Set(asked.map(({ version }) => version))];
  }

  #ask(url: string, headers: Readonly<Record<string, string>>): Promise<Omit<Visit, 'atMs'>> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve) => {
      const failed = () => resolve({ status: 0, version: undefined });
      const request = httpRequest(url, { agent: false, headers: { ...headers, ...(cookie === '' ? {} : { cookie }) } }, (answer) => {
        for (const text of answer.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
          this.#cookies.set(name, value);
        }
        const version = answer.headers['x-version'];
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, version: typeof version === 'string' ? version : undefined }));
        answer.on('error', failed);
        answer.resume();
      });
      request.on('error', failed);
      request.end();
    });
  }
}

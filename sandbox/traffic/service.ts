import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { evenShare } from './even-share.ts';
import { listenOnLoopback } from './loopback-server.ts';
import { isCopy } from './mirror.ts';

/** How a version behaves: data, so that a scenario can change it while requests run. Shares are from 0 to 1. */
export interface ServiceBehaviour {
  readonly errorShare?: number;
  /** 500 where left out. */
  readonly errorStatus?: 500 | 503;
  readonly latencyMs?: number;
  /** Of the requests, those that take `slowLatencyMs` instead of `latencyMs`. */
  readonly slowShare?: number;
  readonly slowLatencyMs?: number;
  /** Connections are reset, those under way too. */
  readonly crashed?: boolean;
}

export interface ServiceOptions {
  readonly clock: SandboxClock;
  readonly version: string;
  readonly behaviour?: ServiceBehaviour;
}

/** What a version was sent, since its pods started. */
export interface Received {
  readonly requests: number;
  /** Copies of requests, which nobody waits for. */
  readonly mirrored: number;
}

export interface RunningService {
  readonly address: string;
  readonly port: number;
  /** Replaces the whole behaviour for requests that come from now on, and begins its shares anew. */
  setBehaviour(behaviour: ServiceBehaviour): void;
  received(): Received;
  close(): Promise<void>;
}

/** A behaviour, ready to be asked once per request. */
interface Conduct {
  readonly crashed: boolean;
  readonly errorStatus: number;
  readonly isError: () => boolean;
  readonly latencyMs: () => number;
}

/**
 * One pod of a service. Whoever sends it requests counts them as `clock.busy`: it waits with `sleepWithin`, which gives back
 * exactly one such mark.
 */
export async function startService({ clock, version, behaviour = {} }: ServiceOptions): Promise<RunningService> {
  let conduct = conductOf(behaviour);
  const waits = new Waits(clock);
  const received = { requests: 0, mirrored: 0 };
  const body = JSON.stringify({ version });
  const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'x-version', version];

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { crashed, errorStatus, isError, latencyMs } = conduct;
    received[isCopy(request) ? 'mirrored' : 'requests'] += 1;
    if (crashed) {
      request.socket.resetAndDestroy();
      return;
    }
    request.resume();
    const status = isError() ? errorStatus : 200;
    const waitMs = latencyMs();
    if (waitMs > 0) await waits.wait(waitMs, response);
    if (!response.destroyed) response.writeHead(status, headers).end(body);
  };

  const { address, port, server, close } = await listenOnLoopback((request, response) => void answer(request, response));
  return {
    address,
    port,
    setBehaviour(next) {
      conduct = conductOf(next);
      if (!conduct.crashed) return;
      waits.breakOff();
      server.closeAllConnections();
    },
    received: () => ({ ...received }),
    close() {
      waits.breakOff();
      return close();
    },
  };
}

/**
 * The latencies under way. Where a connection ends during one, its client is answered now, but the wait goes on to its end: a
 * mark of its own then stands in for the one that was given back, or the clock would run while other requests are in flight.
 */
class Waits {
  readonly #clock: SandboxClock;
  readonly #standIns = new Set<() => void>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  async wait(waitMs: number, response: ServerResponse): Promise<void> {
    const waited = this.#clock.sleepWithin(waitMs);
    const standIn = () => {
      if (this.#standIns.delete(standIn)) void this.#clock.busy(() => waited);
    };
    this.#standIns.add(standIn);
    response.once('close', standIn);
    await waited;
    this.#standIns.delete(standIn);
    response.off('close', standIn);
  }

  /** To be called at the moment when all connections end, so that no time passes before their clients know. */
  breakOff(): void {
    for (const standIn of this.#standIns) standIn();
  }
}

function conductOf(behaviour: ServiceBehaviour): Conduct {
  const { errorShare = 0, errorStatus = 500, latencyMs = 0, slowShare = 0, slowLatencyMs = latencyMs, crashed = false } = behaviour;
  const isSlow = evenShare(slowShare, 0.25);
  return { crashed, errorStatus, isError: evenShare(errorShare), latencyMs: () => (isSlow() ? slowLatencyMs : latencyMs) };
}

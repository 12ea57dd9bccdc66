import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SandboxClock } from '../clock.ts';
import { type AlertRule, RuleState } from './alert-rules.ts';
import { failure } from './api-answer.ts';
import { type Faults, noFaults } from './faults.ts';
import { answerApi, type HttpApiOptions } from './http-api.ts';
import { parse } from './promql/parse.ts';
import { QueryEngine } from './query-engine.ts';
import { type ScrapeTarget, startScraper } from './scraper.ts';
import { SeriesStore } from './series-store.ts';
import { tick } from './ticker.ts';

export interface PrometheusOptions {
  readonly clock: SandboxClock;
  /** What is scraped. A function is asked before each scrape, so that targets can come and go. */
  readonly targets?: readonly ScrapeTarget[] | (() => readonly ScrapeTarget[]);
  readonly rules?: readonly AlertRule[];
  readonly scrapeIntervalMs?: number;
  readonly scrapeTimeoutMs?: number;
  readonly evaluationIntervalMs?: number;
  readonly retentionMs?: number;
  readonly lookbackMs?: number;
  /** What targets are scraped with; the global one where left out. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface Prometheus {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly faults: Faults;
  /** What it scraped; tests may append to it. */
  readonly store: SeriesStore;
  /** Ends scraping, rules and connections. */
  close(): Promise<void>;
}

/**
 * Starts a small Prometheus: it scrapes over HTTP, evaluates rules, and answers queries on an ephemeral port of 127.0.0.1. All
 * of its time is the clock's. The first scrape and the first evaluation are made at once.
 *
 * A client under a virtual clock has to count its requests as `busy`, body included: `busyFetch` does that.
 *
 * @throws QueryError for a rule whose expression does not parse: Prometheus does not start with such a rule either.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { clock, rules = [], targets = [], scrapeIntervalMs = 15_000, evaluationIntervalMs = scrapeIntervalMs } = options;
  for (const { expr } of rules) parse(expr);
  const store = new SeriesStore({ retentionMs: options.retentionMs ?? 15 * 60_000 });
  const engine = new QueryEngine(store, { lookbackMs: options.lookbackMs ?? 5 * 60_000 });
  const states = rules.map((rule) => new RuleState(rule, engine, store));
  const faults = noFaults();
  const server = await listen({ clock, engine, rules: states, evaluationIntervalMs, faults });

  const stopScraping = startScraper({
    clock,
    store,
    targets: typeof targets === 'function' ? targets : () => targets,
    intervalMs: scrapeIntervalMs,
    timeoutMs: options.scrapeTimeoutMs ?? Math.min(10_000, scrapeIntervalMs),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const stopRules = tick(clock, evaluationIntervalMs, async () => {
    const atMs = Math.round(clock.now());
    for (const state of states) state.evaluate(atMs);
  });

  return {
    url: server.url,
    faults,
    store,
    close: async () => {
      stopScraping();
      stopRules();
      await server.close();
    },
  };
}

async function listen(api: HttpApiOptions): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (api.faults.down) request.destroy();
    else void respond(api, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    if (api.faults.down) socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function respond(api: HttpApiOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const address = new URL(request.url ?? '/', 'http://sandbox');
  const form = new URLSearchParams(await readBody(request));
  const parameters = new URLSearchParams([...form, ...address.searchParams]);
  const answer = await answerApi(api, request.method ?? 'GET', address.pathname, parameters).catch((error: unknown) =>
    failure('internal', error instanceof Error ? error.message : 'unknown'),
  );
  if (api.faults.down) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

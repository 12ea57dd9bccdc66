import * as z from 'zod/mini';
import type { NoAnswer } from '../../core/metric-ports.ts';
import type { Clock } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import type { AwsCredentialsProvider } from '../aws/credentials.ts';
import { parseAddress } from './prometheus-address.ts';
import { createWorkspaceSigner, explainWorkspaceRefusal } from './workspace-requests.ts';

export interface PrometheusApiOptions {
  /** The address of the API, without `/api/v1`. A user and password in it are sent as basic authentication. */
  readonly url: string;
  readonly clock: Clock;
  /** Sign the requests to a workspace of Amazon Managed Prometheus, which its address is known by; asked before each one. */
  readonly credentials?: AwsCredentialsProvider;
  /** The global one where left out. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long to wait for one answer, its body included. Default 10 s. */
  readonly timeoutMs?: number;
}

/** The data of an answer, or why there is none, as a sentence that holds no credentials. */
export type ApiResult =
  | { readonly ok: true; readonly data: unknown; readonly warnings: readonly string[] }
  | ({ readonly ok: false } & NoAnswer);

export interface PrometheusApi {
  /** Asks by POST where there is a form, so that no length of a query is too long, and by GET where there is none. Never throws. */
  ask(path: string, form?: Readonly<Record<string, string>>): Promise<ApiResult>;
}

const successAnswer = z.object({ status: z.literal('success'), data: z.unknown(), warnings: z.optional(z.array(z.string())) });
const errorAnswer = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });
const answer = z.union([successAnswer, errorAnswer]);

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve for now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
};

/** Asks one Prometheus, or what speaks its HTTP API: Amazon Managed Prometheus, Thanos, Mimir, VictoriaMetrics. */
export function createPrometheusApi(options: PrometheusApiOptions): PrometheusApi {
  const { clock, fetch = globalThis.fetch, timeoutMs = 10_000 } = options;
  const address = parseAddress(options.url);
  if (address === undefined) {
    return { ask: async () => ({ ok: false, why: 'The address of Prometheus in the spec is no http or https address.' }) };
  }
  const { base, authorization, secrets, workspace } = address;
  const sign = workspace && createWorkspaceSigner({ workspace, credentials: options.credentials, clock });

  const request = async (path: string, form: Readonly<Record<string, string>> | undefined, signal: AbortSignal): Promise<ApiResult> => {
    const url = `${base}${path}`;
    const sent =
      form === undefined
        ? { method: 'GET', headers: { accept } }
        : { method: 'POST', headers: { accept, 'content-type': formType }, body: new URLSearchParams(form).toString() };
    const identified = sign === undefined ? { headers: authorization === undefined ? {} : { authorization } } : await sign(url, sent);
    if ('why' in identified) return { ok: false, why: identified.why };
    // A redirect is not followed: it would carry the question, and what identifies Sluice, to whomever it names.
    const response = await fetch(url, { ...sent, headers: { ...sent.headers, ...identified.headers }, signal, redirect: 'manual' });
    const body = await readBody(response);
    if (body === undefined) {
      return {
        ok: false,
        why: `Prometheus at ${base} answered more than ${mostBytes / 1024 / 1024} MB. Aggregate the query into one series.`,
      };
    }
    const refused = workspace && explainWorkspaceRefusal(workspace, path, response.status, body);
    return refused === undefined ? readAnswer(response.status, body, base) : { ok: false, why: refused };
  };

  return {
    ask: async (path, form) => {
      const gaveUp = new AbortController();
      const answered = new AbortController();
      const timeOut = clock.sleep(timeoutMs, answered.signal).then((): ApiResult => {
        if (!answered.signal.aborted) gaveUp.abort();
        return { ok: false, why: `Prometheus at ${base} did not answer within ${timeoutMs / 1000} s.` };
      });
      const result = request(path, form, gaveUp.signal).catch(
        (error: unknown): ApiResult => ({ ok: false, why: `Prometheus at ${base} could not be reached: ${reasonOf(error)}.` }),
      );
      const first = await Promise.race([result, timeOut]);
      answered.abort();
      return first.ok ? first : { ...first, why: withoutCredentials(redact(first.why, secrets)) };
    },
  };
}

const accept = 'application/json';
const formType = 'application/x-www-form-urlencoded;charset=UTF-8';

/** Of one answer. A metric is one number; that of all alerts of a large cluster has a few megabytes. */
const mostBytes = 16 * 1024 * 1024;

/** Undefined where there is more than that; the rest is not read. */
async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * What an execution says of the query; the rest it says of the store behind: Thanos and Mimir tell by the same error that one of theirs does not answer.
 * Source: https://github.com/prometheus/prometheus, promql/engine.go and functions.go
 */
const wrongInExecution =
  /matching not allowed|matching must be explicit|multiple matches for labels|duplicate series|same labelset|in label_replace|in label_join|invalid label name|smoothing factor|trend factor/;

function readAnswer(status: number, body: string, base: string): ApiResult {
  const parsed = z.safeParse(answer, parseJson(body));
  if (status === 401 || status === 403) {
    return { ok: false, why: `Prometheus at ${base} refused the credentials (HTTP ${status}). Check who may query it.` };
  }
  if (status >= 300 && status < 400) {
    return {
      ok: false,
      why: `Prometheus at ${base} answered with a redirect (HTTP ${status}), which is not followed. Give the address it leads to.`,
    };
  }
  if (parsed.success && parsed.data.status === 'error') {
    const { errorType, error } = parsed.data;
    const what = errorType === 'bad_data' ? 'refused the query' : `failed with ${shorten(errorType, 50)}`;
    const isWrong = errorType === 'bad_data' || (errorType === 'execution' && wrongInExecution.test(error));
    return { ok: false, why: `Prometheus at ${base} ${what}: ${shorten(error, 500)}`, ...(isWrong ? { wrongQuestion: true } : {}) };
  }
  if (status === 429)
    return { ok: false, why: `Prometheus at ${base} has too many requests (HTTP 429). Lengthen the interval of the analysis.` };
  if (status < 200 || status > 299) return { ok: false, why: `Prometheus at ${base} answered HTTP ${status}.` };
  if (!parsed.success || parsed.data.status === 'error') {
    return { ok: false, why: `What answered at ${base} is no Prometheus API: its answer has another shape. Check the address.` };
  }
  return { ok: true, data: parsed.data.data, warnings: (parsed.data.warnings ?? []).slice(0, 5).map((warning) => shorten(warning, 200)) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Only the code of a network error: its text may repeat the address. */
function reasonOf(error: unknown): string {
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined);
  if (code === undefined) return 'the request failed';
  return `${(Object.hasOwn(reasons, code) ? reasons[code] : undefined) ?? 'the request failed'} (${code})`;
}

function codeOf(error: unknown): string | undefined {
  const parsed = z.safeParse(z.object({ code: z.string().check(z.regex(/^\w+$/)) }), error);
  return parsed.success ? parsed.data.code : undefined;
}

/** A server or proxy may repeat what it was sent. */
function redact(why: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), why);
}

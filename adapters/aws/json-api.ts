import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import type { Clock } from '../../core/ports.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import type { AwsCredentialsProvider } from './credentials.ts';
import { Sha256 } from './sha256.ts';

/** The part of `fetch` that is used, so that a test can stand in for it. */
export type AwsFetch = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

export interface AwsJsonApiOptions {
  /** The service's name in signatures: `dynamodb`, `states`. */
  readonly service: string;
  readonly region: string;
  /** What stands before the operation in X-Amz-Target: `DynamoDB_20120810`, `AWSStepFunctions`. */
  readonly targetPrefix: string;
  /** As `awsEndpoint` gives it. */
  readonly endpoint: string;
  readonly credentials: AwsCredentialsProvider;
  readonly fetch: AwsFetch;
  readonly clock: Clock;
  readonly jsonVersion?: '1.0' | '1.1';
  /** For one request, from signing to the last byte of the answer. */
  readonly timeoutMs?: number;
}

/** Why a request came to nothing. A value, because half of the names are outcomes that the caller expects. */
export interface AwsFailure {
  /** The API's own name of the error, or `NetworkError`, `TimeoutError`, `CredentialsError`, `UnreadableAnswer`. */
  readonly name: string;
  /** Without the credentials that a refusal may repeat. */
  readonly message: string;
  /** A passing condition: throttling, a server's fault, the network. */
  readonly retryable: boolean;
  /** The API refused it, so that nothing was done. False where the request may have been carried out and its answer got lost. */
  readonly refused: boolean;
  /** The body of the refusal. */
  readonly details: unknown;
  readonly cause?: unknown;
}

export type AwsAnswer = { readonly status: 'ok'; readonly output: unknown } | { readonly status: 'failed'; readonly failure: AwsFailure };

/** Calls one operation, once. Never throws for what the service, the network or the credentials do. */
export type AwsJsonApi = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<AwsAnswer>;

/**
 * A client of any AWS service that speaks the JSON 1.0 or 1.1 protocol: one signed POST a call. It stands in for the SDK's
 * client where the size of the bundle counts (docs/decisions/0004-aws-clients-and-bundle-size.md).
 *
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function createAwsJsonApi(options: AwsJsonApiOptions): AwsJsonApi {
  const { service, region, credentials, clock, timeoutMs = 3_000 } = options;
  const url = new URL(options.endpoint);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });

  const sign = async (operation: string, body: string) => {
    const request = {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      headers: {
        host: url.host,
        'content-type': `application/x-amz-json-${options.jsonVersion ?? '1.0'}`,
        'x-amz-target': `${options.targetPrefix}.${operation}`,
      },
      body,
    };
    const { host: _, ...headers } = (await signer.sign(request, { signingDate: new Date(clock.now()) })).headers;
    return headers;
  };

  return async (operation, input) => {
    const body = JSON.stringify(input);
    let headers: Readonly<Record<string, string>>;
    try {
      headers = await sign(operation, body);
    } catch (cause) {
      return failed({ name: 'CredentialsError', message: messageOf(cause), retryable: true, refused: true, details: undefined, cause });
    }
    const answered = new AbortController();
    const late = new AbortController();
    void clock.sleep(timeoutMs, answered.signal).then(() => late.abort());
    try {
      // A redirect would carry the session's token to whomever it names.
      const response = await options.fetch(url.href, { method: 'POST', headers, body, redirect: 'manual', signal: late.signal });
      return readAnswer(response.status, await response.text());
    } catch (cause) {
      const why = late.signal.aborted
        ? { name: 'TimeoutError', message: `${url.host} did not answer within ${timeoutMs} ms` }
        : { name: 'NetworkError', message: `${url.host} could not be reached: ${messageOf(cause)}` };
      return failed({ ...why, retryable: true, refused: false, details: undefined, cause });
    } finally {
      answered.abort();
    }
  };
}

const errorBody = z.object({ __type: z.string(), message: z.optional(z.string()), Message: z.optional(z.string()) });

/** Refusals with a 4xx status that pass with time. Anything that names throttling or a limit of the rate counts too. */
const passing = /Throttl|RequestLimitExceeded|ProvisionedThroughputExceeded|TooManyRequests|TransactionConflict|TransactionInProgress/;

function readAnswer(status: number, text: string): AwsAnswer {
  const body = parseJson(text);
  if (status === 200 && body !== undefined) return { status: 'ok', output: body };
  const refused = status >= 400 && status < 500;
  const error = errorBody.safeParse(body);
  if (status === 200 || !error.success) {
    const message = `the answer (HTTP ${status}) is not that of an AWS API: ${withoutCredentials(text).slice(0, 200)}`;
    return failed({ name: 'UnreadableAnswer', message, retryable: status !== 403 && status !== 404, refused, details: text });
  }
  // `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException`
  const name = error.data.__type.slice(error.data.__type.lastIndexOf('#') + 1);
  const message = withoutCredentials(error.data.message ?? error.data.Message ?? `HTTP ${status}`);
  return failed({ name, message, retryable: !refused || status === 429 || passing.test(name), refused, details: body });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(failure: AwsFailure): AwsAnswer {
  return { status: 'failed', failure };
}

/** fetch says only `fetch failed`; what failed is in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

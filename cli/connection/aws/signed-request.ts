import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialsProvider } from '../../../adapters/aws/credentials.ts';
import { Sha256 } from '../../../adapters/aws/sha256.ts';
import { AwsUnavailableError, NotFoundError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';

/** The part of `fetch` that is used, so that a test can stand in for it. */
export type SignedFetch = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; readonly headers: { get(name: string): string | null }; text(): Promise<string> }>;

export interface SignedRequestOptions {
  /** The service's name in signatures: `lambda`, `sts`. */
  readonly service: string;
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: AwsCredentialsProvider;
  readonly fetch: SignedFetch;
  readonly clock: Clock;
}

export interface SignedAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** A synchronous call of a function takes as long as the function, at most 15 minutes; the ones called here take seconds. */
const timeoutMs = 60_000;

/**
 * Posts to an AWS API whose protocol is not JSON 1.0: Lambda's is REST, that of STS is Query.
 *
 * @throws NotFoundError where there are no credentials, AwsUnavailableError where no answer came.
 */
export function createSignedRequest(options: SignedRequestOptions) {
  const { service, region, credentials, clock } = options;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  return async (path: string, contentType: string, body: string): Promise<SignedAnswer> => {
    const url = new URL(path, options.endpoint);
    const request = {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      headers: { host: url.host, 'content-type': contentType },
      body,
    };
    const signed = await signer.sign(request, { signingDate: new Date(clock.now()) }).catch((cause: unknown) => {
      throw noCredentials(cause);
    });
    const { host: _, ...headers } = signed.headers;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // A redirect would carry the session's token to whomever it names.
      const answer = await options.fetch(url.href, { method: 'POST', headers, body, redirect: 'manual', signal });
      return { status: answer.status, header: (name) => answer.headers.get(name) ?? undefined, text: await answer.text() };
    } catch (cause) {
      throw new AwsUnavailableError(`${url.host} could not be reached.`, {
        remedy: 'Check the network, and the region with --region.',
        cause,
      });
    }
  };
}

function noCredentials(cause: unknown): NotFoundError {
  return new NotFoundError('There are no AWS credentials that could be used.', {
    remedy: 'Sign in (`aws sso login`), or set AWS_PROFILE, or try the sandbox with --sandbox.',
    cause,
  });
}

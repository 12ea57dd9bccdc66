import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsUnavailableError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { Sha256 } from '../aws/sha256.ts';

/** What the SDK's credential providers answer, as far as it is needed here. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type CredentialsProvider = () => Promise<AwsCredentials>;

export interface TokenSource {
  /**
   * The bearer token for the cluster's API, new or still good.
   * @throws AwsUnavailableError where no AWS credentials can be had.
   */
  token(): Promise<string>;
}

export interface TokenSourceOptions {
  readonly clusterName: string;
  readonly region: string;
  readonly credentials: CredentialsProvider;
  readonly clock: Clock;
}

/** EKS accepts a token for 15 minutes from its signing, whatever X-Amz-Expires says. */
const reuseMs = 10 * 60_000;
/** A token dies with the credentials that signed it; this much earlier it is made anew. */
const expiryMarginMs = 60_000;

/**
 * Makes the tokens that EKS takes from IAM identities, and keeps each while it is good. Callers at the same moment share one
 * signing; a failure is not kept.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  let kept: { readonly token: Promise<string>; untilMs: number } | undefined;

  const sign = async (signedAtMs: number): Promise<{ token: string; untilMs: number }> => {
    const credentials = await options.credentials();
    const token = await signToken({ ...options, credentials, signedAtMs });
    const expiresMs = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    return { token, untilMs: Math.min(signedAtMs + reuseMs, expiresMs - expiryMarginMs) };
  };

  return {
    token() {
      const nowMs = options.clock.now();
      if (kept !== undefined && nowMs < kept.untilMs) return kept.token;
      const signed = sign(nowMs);
      const mine = { token: signed.then(({ token }) => token), untilMs: nowMs + reuseMs };
      kept = mine;
      signed.then(
        ({ untilMs }) => {
          mine.untilMs = untilMs;
        },
        () => {
          if (kept === mine) kept = undefined;
        },
      );
      return mine.token.catch((cause: unknown) => {
        throw new AwsUnavailableError(`No token for cluster ${options.clusterName} could be signed, for want of AWS credentials.`, {
          remedy: 'See that the function has its role, or that the shell has a valid AWS profile or session.',
          cause,
        });
      });
    },
  };
}

/**
 * Signs one token: a presigned STS GetCallerIdentity that names the cluster in a signed header, so that a token for one cluster
 * is of no use with another. The authenticator on the cluster's side calls the URL and learns who signed it.
 *
 * Source: the AWS CLI's `aws eks get-token`; https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export async function signToken(input: {
  readonly clusterName: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly signedAtMs: number;
}): Promise<string> {
  const hostname = `sts.${input.region}.amazonaws.com${input.region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({ service: 'sts', region: input.region, sha256: Sha256, credentials: input.credentials });
  const request = new HttpRequest({
    protocol: 'https:',
    method: 'GET',
    hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: hostname, 'x-k8s-aws-id': input.clusterName },
  });
  const presigned = await signer.presign(request, {
    expiresIn: 60,
    signingDate: new Date(input.signedAtMs),
    unhoistableHeaders: new Set(['x-k8s-aws-id']),
  });
  const url = `https://${hostname}/?${queryInOrder(presigned.query ?? {})}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

/** The signature does not depend on the order; botocore's makes the token the very one that the AWS CLI makes. */
const queryOrder = [
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
];

function queryInOrder(query: Readonly<Record<string, unknown>>): string {
  return queryOrder
    .filter((name) => query[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(String(query[name]))}`)
    .join('&');
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsCredentials } from '../../../../adapters/eks/token.ts';

export interface VerifyTokenOptions {
  readonly clusterName: string;
  readonly region: string;
  /** The one identity that is known. */
  readonly credentials: AwsCredentials;
  readonly nowMs: number;
}

export type TokenVerdict = { readonly known: true } | { readonly known: false; readonly why: string };

const prefix = 'k8s-aws-v1.';
/** STS takes a presigned GetCallerIdentity for 15 minutes from its date, whatever X-Amz-Expires says, and so does EKS. */
const validMs = 15 * 60_000;
/** How far the signer's clock may be ahead. */
const skewMs = 5 * 60_000;

/**
 * Whether EKS would take a bearer token for this cluster and find this identity behind it: what aws-iam-authenticator looks at before it
 * calls the URL, and then the signature, which STS looks at. Written from the documents, apart from the adapter that signs.
 *
 * Sources: https://github.com/kubernetes-sigs/aws-iam-authenticator (pkg/token/token.go, Verify),
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifyToken(token: string, { clusterName, region, credentials, nowMs }: VerifyTokenOptions): TokenVerdict {
  if (!token.startsWith(prefix)) return refused('it does not begin with k8s-aws-v1');
  const url = URL.parse(Buffer.from(token.slice(prefix.length), 'base64url').toString('utf8'));
  const hostname = `sts.${region}.amazonaws.com`;
  if (
    url === null ||
    url.protocol !== 'https:' ||
    url.host !== hostname ||
    url.pathname !== '/' ||
    url.hash !== '' ||
    url.username !== ''
  ) {
    return refused(`it is no address of ${hostname}`);
  }
  const parameters = [...url.searchParams];
  const names = parameters.map(([name]) => name);
  const unknown = names.find((name) => !allowed.has(name));
  if (unknown !== undefined) return refused(`it has the parameter ${unknown}`);
  if (new Set(names).size !== names.length) return refused('a parameter stands in it twice');
  const get = (name: string) => url.searchParams.get(name) ?? '';

  if (get('Action') !== 'GetCallerIdentity') return refused('it asks for something else than GetCallerIdentity');
  if (get('X-Amz-SignedHeaders') !== 'host;x-k8s-aws-id') return refused('the header x-k8s-aws-id is not signed');
  const date = get('X-Amz-Date');
  const signedAtMs = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signedAtMs)) return refused('its date is none');
  if (nowMs >= signedAtMs + validMs) return refused('it is expired');
  if (signedAtMs > nowMs + skewMs) return refused('it is from the future');
  const expires = Number(get('X-Amz-Expires'));
  if (!(expires >= 0 && expires <= 900)) return refused('its X-Amz-Expires is more than 900');
  const scope = `${date.slice(0, 8)}/${region}/sts/aws4_request`;
  if (get('X-Amz-Credential') !== `${credentials.accessKeyId}/${scope}`) return refused('nobody here has its access key');
  if (get('X-Amz-Security-Token') !== (credentials.sessionToken ?? '')) return refused('it is of another session');

  const query = parameters
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const canonicalHeaders = `host:${hostname}\nx-k8s-aws-id:${clusterName}\n`;
  const canonical = ['GET', '/', query, canonicalHeaders, 'host;x-k8s-aws-id', sha256('')].join('\n');
  const wanted = hmac(
    [date.slice(0, 8), region, 'sts', 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`)),
    ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n'),
  );
  const found = Buffer.from(get('X-Amz-Signature'), 'hex');
  const isGood = found.length === wanted.length && timingSafeEqual(found, wanted);
  return isGood ? { known: true } : refused(`it was signed by another key, changed, or signed for another cluster than ${clusterName}`);
}

const allowed = new Set([
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
]);

function refused(why: string): TokenVerdict {
  return { known: false, why };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

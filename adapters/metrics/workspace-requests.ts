import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import type { Clock } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';
import type { PrometheusWorkspace } from '../../core/spec/prometheus-workspace.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import type { AwsCredentialsProvider } from '../aws/credentials.ts';
import { Sha256 } from '../aws/sha256.ts';

export interface WorkspaceSignerOptions {
  readonly workspace: PrometheusWorkspace;
  /** Asked before each request: whoever has credentials that expire refreshes them. */
  readonly credentials: AwsCredentialsProvider | undefined;
  readonly clock: Clock;
}

/** A proxy on the way may write these anew. */
const unsignableHeaders = new Set(['accept']);

interface Unsigned {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers of a request with its signature among them, or why there is none. */
export type Signed = { readonly headers: Readonly<Record<string, string>> } | { readonly why: string };

/**
 * Signs requests to a workspace of Amazon Managed Prometheus by Signature Version 4, for the service `aps`.
 *
 * Source: https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-onboard-query-APIs.html
 */
export function createWorkspaceSigner({ workspace, credentials, clock }: WorkspaceSignerOptions) {
  const { id, region } = workspace;
  const mend = 'See that the function has its role, or that the shell has a valid AWS profile or session.';
  const unsigned = {
    why: `No request to workspace ${id} of Amazon Managed Prometheus could be signed, for want of AWS credentials. ${mend}`,
  };
  if (credentials === undefined) return async (): Promise<Signed> => unsigned;
  const signer = new SignatureV4({ service: 'aps', region, credentials, sha256: Sha256 });
  return async (address: string, { method, headers, body }: Unsigned): Promise<Signed> => {
    const url = new URL(address);
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body === undefined ? {} : { body }),
    };
    try {
      const { host: _, ...signed } = (await signer.sign(request, { signingDate: new Date(clock.now()), unsignableHeaders })).headers;
      return { headers: signed };
    } catch {
      return unsigned;
    }
  };
}

const refusal = z.union([z.object({ message: z.string() }), z.object({ Message: z.string() })]);

/** What IAM calls that which each path of the API does. Source: the service authorization reference of aps. */
const actions: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/alerts\b/, 'aps:ListAlerts'],
  [/^\/api\/v1\/rules\b/, 'aps:ListRules'],
];

/**
 * What the front of the service says, which is not Prometheus: who may not ask, and which workspace there is none of. Undefined for an answer of
 * Prometheus itself. AWS repeats what it was sent where a signature does not match, the session's token too.
 */
export function explainWorkspaceRefusal(
  { id, region }: PrometheusWorkspace,
  path: string,
  status: number,
  body: string,
): string | undefined {
  if (status !== 401 && status !== 403 && status !== 404) return undefined;
  const said = messageIn(body);
  const says = said === undefined ? '.' : `: ${shorten(withoutCredentials(said), 300).replace(/\.$/, '')}.`;
  const where = `workspace ${id} of Amazon Managed Prometheus in ${region}`;
  if (status === 404) return `There is no ${where} (HTTP 404)${says} Check its id and its region in the address.`;
  const action = actions.find(([pattern]) => pattern.test(path))?.[1] ?? 'aps:QueryMetrics';
  return (
    `The ${where} refused to answer (HTTP ${status})${says} Allow ${action} on it to whoever asks: ` +
    'of the deployment, by naming the workspace in the context key workspaces and deploying again.'
  );
}

function messageIn(body: string): string | undefined {
  try {
    const parsed = z.safeParse(refusal, JSON.parse(body));
    if (!parsed.success) return undefined;
    return 'message' in parsed.data ? parsed.data.message : parsed.data.Message;
  } catch {
    return undefined;
  }
}

import { type PrometheusWorkspace, workspaceOf } from '../../core/spec/prometheus-workspace.ts';

/** Where a Prometheus is, and how whoever asks tells it who they are. */
export interface Address {
  /** What may be shown: neither a user nor a password nor a query string. */
  readonly base: string;
  readonly authorization: string | undefined;
  /** What stands in no text that people see. */
  readonly secrets: readonly string[];
  /** Of Amazon Managed Prometheus, which wants signatures. */
  readonly workspace?: PrometheusWorkspace | undefined;
}

/** Undefined for what is no http or https address. fetch refuses one with a user in it, and one with a user must never reach a reason or a log. */
export function parseAddress(url: string): Address | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined;
  const base = `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
  if (parsed.username === '' && parsed.password === '')
    return { base, authorization: undefined, secrets: [], workspace: workspaceOf(base) };
  const user = decodeOr(parsed.username);
  const password = decodeOr(parsed.password);
  const encoded = Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
  const secrets = [encoded, `${user}:${password}`, password, parsed.password].filter((secret) => secret.length > 0);
  return { base, authorization: `Basic ${encoded}`, secrets };
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

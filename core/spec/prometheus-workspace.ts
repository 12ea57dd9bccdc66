/** A workspace of Amazon Managed Service for Prometheus, as its address tells it. */
export interface PrometheusWorkspace {
  readonly id: string;
  readonly region: string;
}

/**
 * The hosts of its data plane: the usual one, that of FIPS, both as dual-stack, those of China, and an interface VPC endpoint by its own name.
 *
 * Sources: https://docs.aws.amazon.com/general/latest/gr/prometheus-service.html,
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-and-interface-VPC.html
 */
const workspaceHost =
  /^(?:vpce-[a-z0-9-]+\.)?aps-workspaces(?:-fips)?\.(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/;

const workspacePath = /^\/workspaces\/(?<id>[0-9A-Za-z][-.\w]{0,63})\/?$/;

/** Whether an address is one of Amazon Managed Service for Prometheus, of a workspace or not. */
export function isWorkspaceHost(host: string): boolean {
  return workspaceHost.test(host);
}

/**
 * The workspace whose API an address is; undefined of any other Prometheus. Its requests are signed for that region, with the credentials of whoever
 * asks, so that a spec needs to say no more than the address.
 *
 * @example workspaceOf('https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1a2b') // { id: 'ws-1a2b', region: 'eu-west-1' }
 */
export function workspaceOf(url: string): PrometheusWorkspace | undefined {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'https:') return undefined;
  const region = workspaceHost.exec(parsed.hostname)?.groups?.['region'];
  const id = workspacePath.exec(parsed.pathname)?.groups?.['id'];
  return region === undefined || id === undefined ? undefined : { id, region };
}

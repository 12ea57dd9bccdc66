import { X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { InvalidInputError } from '../../core/errors.ts';
import type { ClusterEndpoint } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';

/**
 * The address that paths are appended to. HTTPS needs the cluster's own authority; plain HTTP is for the sandbox, and never
 * leaves this machine.
 *
 * @throws InvalidInputError where the endpoint is neither.
 */
export function endpointBase(cluster: ClusterEndpoint): string {
  const url = URL.parse(cluster.endpoint);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refused(cluster, 'is no address of a Kubernetes API', 'Give it as https://host, as the EKS console shows it.');
  }
  if (url.protocol === 'https:') assertAuthority(cluster);
  else if (url.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw refused(cluster, 'would carry a token in plain text', 'Use https; plain http is accepted on loopback addresses only.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function assertAuthority(cluster: ClusterEndpoint): void {
  try {
    new X509Certificate(cluster.certificateAuthority);
  } catch (cause) {
    throw refused(cluster, 'comes without a certificate authority in PEM', 'Take it from DescribeCluster, decoded from base64.', cause);
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

function refused(cluster: ClusterEndpoint, why: string, remedy: string, cause?: unknown): InvalidInputError {
  const { endpoint } = cluster;
  // A user and a password in it are shown to nobody.
  const shown = URL.parse(endpoint)?.host || endpoint.replace(/\/\/.*@/, '//…@');
  return new InvalidInputError(`The endpoint ${JSON.stringify(shorten(shown, 200))} of cluster ${cluster.name} ${why}.`, { remedy, cause });
}

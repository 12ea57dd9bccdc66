import type { Clock, ClusterEndpoint, KubernetesApi } from '../../core/ports.ts';
import { createTransport, type Transport } from './http.ts';
import { createKubernetesClient } from './kubernetes-client.ts';
import { type CredentialsProvider, createTokenSource, type TokenSource } from './token.ts';

export interface OpenClusterOptions {
  readonly region: string;
  readonly credentials: CredentialsProvider;
  readonly clock: Clock;
  readonly transport?: Transport;
  readonly timeoutMs?: number;
}

/**
 * Opens clusters whose endpoint is known. It stands apart from `cluster.ts` so that the abort door, which finds the endpoint in
 * its input, need not load the EKS client. Connections and tokens are shared by all that one opener opens.
 */
export function createClusterOpener(options: OpenClusterOptions): (endpoint: ClusterEndpoint) => KubernetesApi {
  const { transport = createTransport(), ...shared } = options;
  const sources = new Map<string, TokenSource>();
  const sourceOf = (clusterName: string): TokenSource => {
    const source = sources.get(clusterName) ?? createTokenSource({ ...shared, clusterName });
    sources.set(clusterName, source);
    return source;
  };
  return (endpoint) =>
    createKubernetesClient({
      endpoint,
      transport,
      clock: options.clock,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      token: () => sourceOf(endpoint.name).token(),
    });
}

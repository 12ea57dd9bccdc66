import type { PodObject } from '../kubelet/pod-object.ts';
import type { PodPort } from '../kubelet/pod-servers.ts';

/** A pod with it in its annotations, whatever its value, gets an Envoy with certificates before its servers. */
export const sidecarAnnotation = 'mesh-bench/sidecar';
/** What istiod knows each such Envoy by, beside the labels of its pod. */
export const ownLabel = 'mesh-bench/pod';

/**
 * Where a server behind a sidecar listens: nobody reaches it but through Envoy, as with traffic that iptables redirect. A socket without a
 * file, by the name that Envoy and istiod write it with.
 */
export function hiddenSocket({ metadata }: PodObject, { containerPort }: PodPort): string {
  return `@mesh-bench/${metadata.uid}/${containerPort}`;
}

/**
 * Tells istiod what the Envoy of one pod listens to. Without `bind` it would take the requests of every address of this machine. It is gone
 * with its pod.
 */
export function sidecarObject(pod: PodObject, address: string, ports: readonly PodPort[]) {
  const { name, namespace, uid } = pod.metadata;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }] },
    spec: {
      workloadSelector: { labels: { [ownLabel]: uid } },
      ingress: ports.map((port) => ({
        port: { number: port.containerPort, name: port.name === '' ? 'http' : port.name, protocol: protocolOf(port) },
        bind: address,
        captureMode: 'NONE',
        defaultEndpoint: `unix://${hiddenSocket(pod, port)}`,
      })),
      egress: [{ hosts: ['~/*'] }],
    },
  };
}

/** By the names that tell a pod's server what to speak. */
function protocolOf({ name }: PodPort): string {
  if (/^(grpc|http2|h2c)/.test(name)) return 'HTTP2';
  return name.startsWith('tcp') ? 'TCP' : 'HTTP';
}

import type { AwsCredentials } from '../../../adapters/eks/token.ts';
import type { ClusterEndpoint, KubernetesApi, KubernetesObject } from '../../../core/ports.ts';
import type { ImageBehaviour } from '../../../sandbox/fleet.ts';
import type { RawApi } from './api/raw-api.ts';
import type { BenchDescription } from './description.ts';

/** A namespace of its own, so that test files can share one cluster. */
export interface FreshNamespace {
  readonly name: string;
  /**
   * Applies manifests (server-side, by the name of this namespace where they say none) as the administrator. A list of objects, or YAML
   * with one or more documents.
   */
  apply(manifests: string | readonly KubernetesObject[]): Promise<void>;
  /** Asks for its deletion, with all that is in it, and does not wait for the end of that. */
  remove(): Promise<void>;
}

/** What any cluster with a mesh can give, this machine's or a given one. */
export interface MeshCluster {
  /** A file for kubectl, as the administrator. */
  readonly kubeconfig: string;
  readonly prometheusUrl: string;
  /** The hand of the test itself: may do everything. */
  readonly admin: KubernetesApi;
  /** The hand of Sluice: may do what the shipped Role gives, in namespaces of `freshNamespace`. */
  readonly sluice: KubernetesApi;
  /** Where `sluice` asks. */
  readonly clusterEndpoint: ClusterEndpoint;
  /** The same hand by another way to the same API server, such as a relay. */
  sluiceAt(endpoint: ClusterEndpoint): KubernetesApi;
  /** `admin` on the wire, until `detach`. */
  readonly raw: RawApi;
  /** `sluice` on the wire, for a quarter of an hour; to be closed by who opens it. */
  openRawSluice(): Promise<RawApi>;
  /** Applies manifests as the administrator, server-side. Each has to say its namespace, unless its kind has none. */
  apply(manifests: string | readonly KubernetesObject[]): Promise<void>;
  /**
   * A new namespace `<prefix>-<random>` with the shipped Role of Sluice (`stacks/cluster-access/rbac.yaml`) for the group `sluice`.
   *
   * @param prefix `test` where left out; at most 40 letters.
   */
  freshNamespace(prefix?: string): Promise<FreshNamespace>;
  /** Of this handle only: the cluster goes on. */
  detach(): Promise<void>;
}

export const processNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'istiod',
  'gateway',
  'sidecar',
  'kubelet',
  'prometheus',
  'gateway-agent',
] as const;

/**
 * The parts of the bench, in the order in which they start. `gateway` and `sidecar` are the two Envoys, `kubelet` runs the pods: what
 * happens to it happens to every pod. `gateway-agent` brings the gateway its certificates; it runs only where a test has started it.
 */
export type ProcessName = (typeof processNames)[number];

/** One process of the bench, to be hurt. Nothing restarts it by itself. */
export interface BenchProcess {
  readonly name: ProcessName;
  /** Undefined while it does not run. */
  pid(): Promise<number | undefined>;
  /** Sends a signal, SIGKILL where left out, and resolves when the process is gone. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing, as behind a partition. */
  stop(): Promise<void>;
  /** SIGCONT. */
  cont(): Promise<void>;
  /** Starts it after a `kill` with the same arguments and data; resolves when it answers. */
  start(): Promise<void>;
  /** `kill('SIGKILL')` and `start()`. */
  restart(): Promise<void>;
}

/** How the pods of one image fare. */
export interface BenchBehaviour extends ImageBehaviour {
  /** What its answers say in `x-version`; the tag where left out, or the whole reference where it has none. */
  readonly version?: string;
}

/** What the pods of one image were asked, since they started. */
export interface Received {
  /** Requests that users sent. */
  readonly requests: number;
  /** Copies, which Envoy marks by `-shadow` in their Host header. */
  readonly mirrored: number;
}

/** What a pod with a sidecar proves who it is with: PEM. */
export interface Identity {
  readonly key: string;
  readonly certificates: string;
  /** Of the mesh. */
  readonly authority: string;
}

/**
 * Real etcd, kube-apiserver, kube-controller-manager, istiod, two Envoys and Prometheus as processes of this machine, without containers.
 *
 * Pods are real HTTP servers at addresses of their own. Each listens on its container ports: by the name of the port, `grpc…` and `http2…`
 * speak HTTP/2 without TLS and send back each message that they get (any method of any gRPC service), `tcp…` sends its version and a line
 * feed and then what it gets, and all others, or 8080 where none is declared, speak HTTP/1.1, and WebSocket, which sends text back. Every
 * HTTP answer carries `x-version` (from the image) and `x-pod`; its body is JSON with the same, and the request's path and headers.
 *
 * A pod with the annotation `mesh-bench/sidecar` has an Envoy with a certificate of its service account before its ports, and nobody reaches
 * them but through it: a PeerAuthentication and an AuthorizationPolicy rule it as in a mesh of Istio. Its ServiceAccount has to be there.
 * Automatic mutual TLS is off, so a DestinationRule with `tls: { mode: ISTIO_MUTUAL }` has to say it; `processes['gateway-agent'].start()`
 * gives the gateway its identity, `cluster.local/ns/istio-system/sa/gateway`.
 *
 * Isolation between test files: `freshNamespace` for each, and its own host names, since all share the gateways.
 */
export interface Bench extends MeshCluster {
  readonly apiUrl: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** For Sluice's own adapters: `createClusterOpener({ region, credentials, clock })(clusterEndpoint)`, or what `find` answers. */
  readonly region: string;
  /** The one identity that the cluster knows as user `sluice` of group `sluice`. */
  readonly credentials: AwsCredentials;

  /** `http://<address>:80`: the Envoy of the Istio Gateway. A VirtualService names it as `gateways: [<istioGateway>]`. */
  readonly gatewayUrl: string;
  /** `istio-system/gateway`; it takes every host name, over HTTP. */
  readonly istioGateway: string;
  /** `http://<address>:8080`: the same Envoy, for routes with the parent `gatewayApiParent`. */
  readonly gatewayApiUrl: string;
  /** The Gateway of the Gateway API, for `parentRefs`. It lets in routes of every namespace. */
  readonly gatewayApiParent: { readonly namespace: string; readonly name: string };
  /**
   * `http://<address>:80`: the sidecar's outbound listener, as a pod of the mesh would use it. The Host header is the name of a Service with
   * a port 80, such as `web.<namespace>` or `web.<namespace>.svc.cluster.local`. Other ports of Services listen at the same address.
   */
  readonly meshUrl: string;
  readonly envoyAdminUrls: { readonly gateway: string; readonly sidecar: string };
  readonly istiodUrl: string;

  readonly processes: Readonly<Record<ProcessName, BenchProcess>>;
  /** Resident memory of each process that runs, in bytes. */
  memory(): Promise<Partial<Record<ProcessName, number>>>;
  /** A folder with one `<process>.log` each. */
  readonly logs: string;
  /**
   * From now on, for pods that run and those to come. It replaces what was said of the image before.
   *
   * @param image As in the pod's spec, or only its version.
   */
  behave(image: string, behaviour: BenchBehaviour): Promise<void>;
  /** Key and certificate of a pod with a sidecar that takes requests. */
  identityOf(pod: { readonly namespace: string; readonly name: string }): Promise<Identity>;
  /** @param image As in the pod's spec, or only its version. */
  received(image: string): Promise<Received>;
}

/** A bench that this process started. */
export interface StartedBench extends Bench {
  /** For `connectBench` in another process. */
  readonly description: BenchDescription;
  /** Resolves when it is gone, wanted or not. */
  readonly ended: Promise<void>;
  /** Stops all, SIGTERM then SIGKILL; the logs stay until another bench takes its place. May be called twice. */
  close(): Promise<void>;
}

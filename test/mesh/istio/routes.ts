import type { KubernetesObject, ResourceRef, RouteTarget } from '../../../core/ports.ts';
import { attachCluster } from '../bench/attach.ts';
import type { FreshNamespace, MeshCluster } from '../bench/types.ts';

export type Fields = Readonly<Record<string, unknown>>;

const apiVersion = 'networking.istio.io/v1';

/** A namespace for VirtualServices that nobody serves, in any cluster that has the kind. */
export class IstioRoutes<Cluster extends MeshCluster = MeshCluster> {
  readonly cluster: Cluster;
  readonly namespace: FreshNamespace;

  protected constructor(cluster: Cluster, namespace: FreshNamespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  static async inCluster(): Promise<IstioRoutes> {
    const cluster = await attachCluster();
    return new IstioRoutes(cluster, await cluster.freshNamespace('istio'));
  }

  /** Of a rollout of `web`, by the VirtualService of that name. */
  get target(): RouteTarget {
    return {
      rollout: 'web',
      namespace: this.namespace.name,
      routes: [{ virtualService: 'web' }],
      stableService: 'web',
      canaryService: 'web-canary',
      totalWeight: 100,
    };
  }

  ref(name = 'web', resource = 'virtualservices'): ResourceRef {
    return { apiVersion, resource, namespace: this.namespace.name, name };
  }

  /** No proxy has its gateway: nobody's requests go by it, and nobody waits for what the proxies make of it. */
  virtualService(name: string, spec: Fields): KubernetesObject {
    const hosts = [`${this.namespace.name}.example.com`];
    return { apiVersion, kind: 'VirtualService', metadata: { name }, spec: { hosts, gateways: ['nobodys'], ...spec } };
  }

  /** Whole, as the API server has it now. */
  async read(name = 'web'): Promise<KubernetesObject> {
    const found = await this.cluster.admin.read(this.ref(name));
    if (found === undefined) throw new Error(`There is no VirtualService ${name}.`);
    return found;
  }

  async close(): Promise<void> {
    await this.namespace.remove();
    await this.cluster.detach();
  }
}

import { parseAs } from '../../adapters/eks/workload/parse-as.ts';
import { deployment } from '../../adapters/eks/workload/schemas.ts';
import type { KubernetesObject, KubernetesWrite, KubernetesWriteResult } from '../../core/ports.ts';
import { FakeKubernetes } from './kubernetes-api.ts';

const names = ['checkout', 'checkout-canary'] as const;

/** A cluster with one service, checkout, whose pods are ready the moment that they are asked for; or, while it is told so, the canary's never. */
export class SettledCluster extends FakeKubernetes {
  #canaryStarts = true;

  constructor(image: string) {
    super(stable(image), service());
    this.settle();
  }

  override async write(write: KubernetesWrite): Promise<KubernetesWriteResult> {
    const result = await super.write(write);
    this.settle();
    return result;
  }

  /** Whether pods of the canary come up. */
  set canaryStarts(starts: boolean) {
    this.#canaryStarts = starts;
    this.settle();
  }

  private settle(): void {
    for (const name of names) {
      const found = this.peek({ apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name });
      if (found === undefined) continue;
      const { spec, metadata } = parseAs(deployment, found);
      const count = name === 'checkout' || this.#canaryStarts ? (spec.replicas ?? 1) : 0;
      this.put({ ...found, status: statusOf(count, metadata.generation ?? 0) });
      this.put(endpoints(name, count));
    }
  }
}

function stable(image: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'checkout' } },
      template: {
        metadata: { labels: { app: 'checkout', 'sluice.dev/side': 'stable' } },
        spec: { containers: [{ name: 'app', image }] },
      },
    },
  };
}

function service(): KubernetesObject {
  const selector = { app: 'checkout', 'sluice.dev/side': 'stable' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: { type: 'ClusterIP', selector, ports: [{ name: 'http', port: 80 }] },
  };
}

function statusOf(count: number, observedGeneration: number) {
  return { observedGeneration, replicas: count, updatedReplicas: count, readyReplicas: count, availableReplicas: count };
}

function endpoints(name: string, count: number): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    endpoints: Array.from({ length: count }, (_, index) => ({ addresses: [`10.0.0.${index}`], targetRef: { name: `${name}-${index}` } })),
  };
}

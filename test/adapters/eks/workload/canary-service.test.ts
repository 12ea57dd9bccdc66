import { describe, expect, it } from 'vitest';
import { canaryService } from '../../../../adapters/eks/workload/canary-service.ts';
import { parseAs } from '../../../../adapters/eks/workload/parse-as.ts';
import { service } from '../../../../adapters/eks/workload/schemas.ts';
import { names, owner, stableService } from './manifests.ts';

describe("the canary's Service", () => {
  it('has the ports of stable, and the pods of the other side', () => {
    const stable = stableService(
      {
        type: 'LoadBalancer',
        ports: [
          { name: 'http', port: 80, targetPort: 'web', appProtocol: 'http', nodePort: 30_080 },
          { name: 'grpc', port: 90, targetPort: 9090, appProtocol: 'grpc' },
        ],
        loadBalancerClass: 'service.k8s.aws/nlb',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30_081,
        externalIPs: ['192.0.2.1'],
        publishNotReadyAddresses: true,
        sessionAffinity: 'ClientIP',
        somethingNew: { in: 'a later version' },
      },
      { labels: { app: 'checkout', 'argocd.argoproj.io/instance': 'shop' }, annotations: { 'prometheus.io/scrape': 'true' } },
    );
    const before = structuredClone(stable);
    expect(canaryService(parseAs(service, stable), { ...names, ...owner })).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'checkout-canary',
        namespace: 'shop',
        labels: { app: 'checkout', 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/side': 'canary' },
        annotations: {
          'prometheus.io/scrape': 'true',
          'sluice.dev/rollout': 'checkout',
          'sluice.dev/rollout-id': 'checkout-7',
          'sluice.dev/fence': '7',
        },
      },
      spec: {
        type: 'ClusterIP',
        selector: { app: 'checkout', 'sluice.dev/side': 'canary' },
        ports: [
          { name: 'http', port: 80, targetPort: 'web', appProtocol: 'http' },
          { name: 'grpc', port: 90, targetPort: 9090, appProtocol: 'grpc' },
        ],
        sessionAffinity: 'ClientIP',
        somethingNew: { in: 'a later version' },
      },
    });
    expect(stable).toEqual(before);
  });
});

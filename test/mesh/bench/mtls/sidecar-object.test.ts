import { expect, it } from 'vitest';
import { podObject } from '../kubelet/pod-object.ts';
import { hiddenSocket, sidecarObject } from './sidecar-object.ts';

const pod = podObject.parse({
  metadata: { name: 'checkout-1', namespace: 'shop', uid: 'a-uid', labels: { app: 'checkout' } },
  spec: { containers: [{ name: 'app' }] },
  status: {},
});

it('has Envoy listen at the address of the pod alone, and lead to servers that nobody else can reach', () => {
  const { metadata, spec } = sidecarObject(pod, '198.18.49.2', [
    { name: 'http', containerPort: 8080 },
    { name: 'grpc-api', containerPort: 9090 },
    { name: 'tcp', containerPort: 9000 },
    { name: '', containerPort: 8081 },
  ]);
  expect(metadata).toMatchObject({ name: 'checkout-1', namespace: 'shop', ownerReferences: [{ kind: 'Pod', uid: 'a-uid' }] });
  expect(spec.workloadSelector.labels).toEqual({ 'mesh-bench/pod': 'a-uid' });
  expect(spec.ingress.map(({ port }) => [port.number, port.protocol])).toEqual([
    [8080, 'HTTP'],
    [9090, 'HTTP2'],
    [9000, 'TCP'],
    [8081, 'HTTP'],
  ]);
  expect(new Set(spec.ingress.map(({ bind }) => bind))).toEqual(new Set(['198.18.49.2']));
  expect(spec.ingress[0]?.defaultEndpoint).toBe('unix://@mesh-bench/a-uid/8080');
  expect(hiddenSocket(pod, { name: 'http', containerPort: 8080 })).toBe('@mesh-bench/a-uid/8080');
});

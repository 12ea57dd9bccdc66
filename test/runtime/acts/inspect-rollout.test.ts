import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inspectWorkload } from '../../../adapters/eks/workload/read-workload.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import { inspectRollout } from '../../../runtime/acts/inspect-rollout.ts';
import { inspect, of, start } from './inspected-service.ts';
import { allowOnly, deployment, object, putStatus, service, specWith, virtualService } from './service-in-cluster.ts';

/** How many times somebody who looks has to wait for the API: what is asked for at the same time is one round. */
async function roundsOf(api: KubernetesApi, look: (api: KubernetesApi) => Promise<unknown>): Promise<number> {
  let round: (() => void)[] = [];
  let rounds = 0;
  const begins = () => new Promise<void>((resolve) => round.push(resolve));
  const counting: KubernetesApi = {
    ...{ write: (write) => api.write(write), remove: (ref, preconditions) => api.remove(ref, preconditions) },
    read: (ref) => begins().then(() => answered(api.read(ref))),
    list: (ref, selector) => begins().then(() => answered(api.list(ref, selector))),
  };
  let underWay: Promise<unknown>[] = [];
  const answered = <T>(answer: Promise<T>): Promise<T> => {
    underWay.push(answer);
    return answer;
  };
  let done = false;
  const looking = look(counting).finally(() => {
    done = true;
  });
  for (await nextTurn(); !done; await nextTurn()) {
    if (round.length === 0) continue;
    rounds += 1;
    const begun = round;
    round = [];
    underWay = [];
    for (const begin of begun) begin();
    await nextTurn();
    await Promise.all(underWay);
  }
  await looking;
  return rounds;
}

describe('a service as it should be', () => {
  it('is fit, with nothing to be said', async () => {
    expect(await inspect()).toEqual([]);
  });

  it('is looked at by fewer than twenty requests, each for another thing', async () => {
    const { api, kubernetes } = await start();
    await inspectRollout(api, specWith());
    const counts = Object.values(kubernetes.requestCounts);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(20);
    expect(Object.keys(kubernetes.requestCounts).every((name) => name.startsWith('GET '))).toBe(true);
  });

  it('is looked at in at most one round of requests more than its workload alone', async () => {
    const { api } = await start();
    const ofWorkload = await roundsOf(api, (counting) => inspectWorkload(counting, workloadNamesOf(specWith())));
    expect(await roundsOf(api, (counting) => inspectRollout(counting, specWith()))).toBeLessThanOrEqual(ofWorkload + 1);
  });

  it('stays fit with policies that cover both sides, a quota with room, and a leftover of the canary', async () => {
    const both = { matchLabels: { app: 'checkout' } };
    const annotations = { 'sluice.dev/rollout': 'checkout' };
    const found = await inspect(
      object('security.istio.io/v1', 'AuthorizationPolicy', { selector: both, action: 'ALLOW', rules: [{}] }),
      object('security.istio.io/v1', 'PeerAuthentication', { mtls: { mode: 'STRICT' } }),
      object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: both, policyTypes: ['Ingress'] }),
      object('v1', 'ResourceQuota', { hard: { pods: '10' } }),
      { ...service(), metadata: { name: 'checkout-canary', namespace: 'shop', annotations } },
    );
    expect(found).toEqual([]);
  });
});

describe('what keeps a rollout from beginning', () => {
  it('is a route that is not there, beside all else', async () => {
    const { api, kubernetes } = await start(service({ selector: { app: 'checkout' } }));
    kubernetes.patch(
      { apiVersion: 'v1', resource: 'services', namespace: 'shop', name: 'checkout' },
      { spec: { selector: { 'sluice.dev/side': null } } },
    );
    const missing = specWith({ router: { kind: 'istio', routes: [{ virtualService: 'nowhere' }] } });
    const refusals = of('refusal', await inspectRollout(api, missing));
    expect(refusals.map(({ subject }) => subject)).toEqual(['VirtualService shop/nowhere', 'Service shop/checkout']);
    expect(refusals[1]?.remedy).toContain(
      `kubectl -n shop patch service checkout --type merge -p '{"spec":{"selector":{"sluice.dev/side":"stable"}}}'`,
    );
  });

  it('is a workload that is not there', async () => {
    const { api } = await start();
    const missing = specWith({ workload: { deployment: 'nobody', container: 'app' } });
    expect(of('refusal', await inspectRollout(api, missing)).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['Deployment shop/nobody', 'Service shop/nobody']),
    );
  });

  it('is a service that is not onboarded, told once for the pods and once for the Service', async () => {
    const bare = { app: 'checkout' };
    const { api } = await start(
      { ...deployment({}, { name: 'cart' }, bare) },
      { ...service({ selector: bare }), metadata: { name: 'cart', namespace: 'shop' } },
    );
    const cart = specWith({ workload: { deployment: 'cart', container: 'app' } });
    const refusals = of('refusal', await inspectRollout(api, cart)).filter(({ subject }) => !subject.startsWith('VirtualService'));
    expect(refusals.map(({ subject }) => subject)).toEqual(['Deployment shop/cart', 'Service shop/cart']);
    expect(refusals[0]?.remedy).toContain('rollout status deployment cart');
  });

  it.each(['patch', 'git'] as const)('is a Deployment that would replace all its pods at once, with promotion %s', async (promotion) => {
    const { spec, ...plain } = deployment();
    const { api } = await start({ ...plain, spec: { ...spec, strategy: { type: 'Recreate' } } });
    const refusals = of('refusal', await inspectRollout(api, specWith({ promotion })));
    expect(refusals.map(({ message }) => message)).toEqual([expect.stringMatching(/^Its strategy is Recreate/)]);
  });

  it.each([
    [
      'a policy that covers stable alone',
      object('security.istio.io/v1', 'PeerAuthentication', {
        selector: { matchLabels: { 'sluice.dev/side': 'stable' } },
        mtls: { mode: 'STRICT' },
      }),
      'PeerAuthentication shop/checkout',
    ],
    [
      'somebody else’s object of the canary’s name',
      { ...deployment(), metadata: { name: 'checkout-canary', namespace: 'shop' } },
      'Deployment shop/checkout-canary',
    ],
    [
      'somebody else’s Service of the canary’s name',
      { ...service(), metadata: { name: 'checkout-canary', namespace: 'shop' } },
      'Service shop/checkout-canary',
    ],
  ])('is %s', async (_what, more, subject) => {
    expect(of('refusal', await inspect(more)).map((finding) => finding.subject)).toEqual([subject]);
  });
});

it('a quota without room keeps a rollout from beginning', async () => {
  const hard = { pods: '5' };
  const { api, kubernetes } = await start(object('v1', 'ResourceQuota', { hard }));
  await putStatus(kubernetes, '/api/v1/namespaces/shop/resourcequotas/checkout', { hard, used: { pods: '3' } });
  expect(await inspectRollout(api, specWith())).toMatchObject([
    {
      severity: 'refusal',
      subject: 'ResourceQuota shop/checkout',
      message: 'The canary at full weight, 3 pods, needs 3 of pods, of which 2 is left.',
    },
  ]);
});

describe('what is warned about', () => {
  const both = { matchLabels: { app: 'checkout' } };
  const tracked = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/checkout' } };

  it.each([
    ['a budget over both sides', object('policy/v1', 'PodDisruptionBudget', { selector: both }), 'PodDisruptionBudget shop/checkout'],
    [
      'a Service over both sides',
      { ...service({ selector: both.matchLabels }), metadata: { name: 'internal', namespace: 'shop' } },
      'Service shop/internal',
    ],
    ['a port whose protocol Istio has to find out', service({ ports: [{ port: 80, targetPort: 'http' }] }), 'Service shop/checkout'],
    ['a port that no container has', service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] }), 'Service shop/checkout'],
    ['a route that Argo CD writes', virtualService(tracked), 'VirtualService shop/shop'],
    ['a Deployment that Argo CD writes', deployment({}, tracked), 'Deployment shop/checkout'],
    ['what runs before each pod', deployment({ initContainers: [{ name: 'migrate', image: 'migrate' }] }), 'Deployment shop/checkout'],
  ])('is %s', async (_what, more, subject) => {
    const found = await inspect(more);
    expect(found.map(({ severity }) => severity)).toEqual(['warning']);
    expect(found[0]?.subject).toBe(subject);
  });
});

it('what the spec asks of the canary’s own policies is looked at too', async () => {
  const rule = object('networking.istio.io/v1', 'DestinationRule', { host: 'checkout-canary', trafficPolicy: {} });
  const { api } = await start(rule);
  const asking = specWith({ resilience: { outlierDetection: {} } });
  const refusals = async (wanted: typeof asking) => of('refusal', await inspectRollout(api, wanted)).map(({ subject }) => subject);
  expect(await refusals(asking)).toContain('DestinationRule shop/checkout');
  expect(await refusals(specWith())).toEqual([]);
});

describe('what may not be read', () => {
  const needed = [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
    { apiGroups: [''], resources: ['services'], verbs: ['get'] },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] },
    { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs: ['get'] },
    { apiGroups: ['networking.istio.io'], resources: ['destinationrules'], verbs: ['get', 'list'] },
  ];

  it('is listed, with the rules that would allow it, and nothing is refused for it', async () => {
    const { api, kubernetes } = await start();
    allowOnly(kubernetes, [...needed, { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['list'] }]);
    const found = await inspectRollout(api, specWith());
    expect(of('refusal', found)).toEqual([]);
    const unread = of('unread', found).find(({ subject }) => subject === 'namespace shop');
    expect(unread?.message).toBe(
      'Not looked at: ResourceQuota, Service, NetworkPolicy, SecurityGroupPolicy, AuthorizationPolicy, PeerAuthentication, RequestAuthentication may not be read.',
    );
    expect(unread?.remedy).toContain(
      '- apiGroups: [security.istio.io]\n  resources: [authorizationpolicies, peerauthentications, requestauthentications]\n  verbs: [list]',
    );
    expect(unread?.remedy).toContain("- apiGroups: ['']\n  resources: [resourcequotas, services]");
  });

  it('ends the look where it is the workload', async () => {
    const { api, kubernetes } = await start();
    allowOnly(kubernetes, needed.slice(1));
    await expect(inspectRollout(api, specWith())).rejects.toThrow('deployments (apiGroup apps)');
  });

  it('is told apart from what the API does not answer for a while', async () => {
    const { api, kubernetes } = await start();
    kubernetes.faults.add({ resource: 'networkpolicies' }, { kind: 'status', code: 503 });
    expect(await inspectRollout(api, specWith())).toMatchObject([
      { severity: 'unread', message: 'Not looked at: NetworkPolicy could not be read now.' },
    ]);
  });
});

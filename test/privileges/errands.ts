import { createdFenceAnnotation, rolloutAnnotation, rolloutIdAnnotation } from '../../adapters/eks/workload/names.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { startCloudFormation } from '../fakes/cloudformation.ts';
import { lambdaStalls } from '../scenarios/list/lambda-dies.ts';
import { scenarios } from '../scenarios/list.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { specText, usualServices, usualSpec } from '../scenarios/usual.ts';

/** What a function is to be seen doing that no scenario makes it do. How it ends is not judged here, only that it comes to its end. */
function errand(name: string, story: Scenario['story'], rest: Partial<Scenario> = {}): Scenario {
  const nothing = { rollouts: [], badAnswers: [0, 0] } as const;
  return { name, title: name, promises: ['P3'], requestsPerSecond: 5, expected: nothing, ...rest, story };
}

const quick = (usual: RolloutSpecSource): RolloutSpecSource => ({
  ...usual,
  steps: [
    { weight: 50, bake: '5s' },
    { weight: 100, bake: '5s' },
  ],
});

const common = { namespace: 'shop', replicas: 2, tag: 'v1', virtualService: 'shop' };

/** Begin starts an execution for each further service; Operate writes wishes, and aborts at once. */
const oneRepositoryForTwo = errand(
  'one push for two services, of which a person aborts one',
  async (stage) => {
    stage.push('v2');
    await stage.untilPhase('progressing', 'basket');
    await stage.untilPhase('progressing', 'checkout');
    await stage.call('Operate', { rollout: 'checkout', action: 'pause', by: 'ada' });
    await stage.call('Operate', { rollout: 'basket', action: 'abort', by: 'ada' });
    await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada' });
    await stage.untilPhase('rolledBack', 'basket');
  },
  {
    services: [
      { ...common, name: 'checkout', pathPrefix: '/checkout' },
      { ...common, name: 'basket', pathPrefix: '/basket' },
    ],
    spec: {
      checkout: quick,
      basket: (usual) => quick({ ...usual, image: { ...usual.image, repository: usual.image.repository.replace('basket', 'checkout') } }),
    },
  },
);

/** CloudFormation applies, changes and removes a spec, and wants to remove the guard while a rollout runs. */
const stackIsDeployed = errand(
  'the stack is deployed and removed while a rollout runs',
  async (stage) => {
    const [service] = usualServices;
    if (service === undefined) throw new Error('there is no service');
    const cloudFormation = await startCloudFormation();
    const send = (name: string, change: Parameters<typeof cloudFormation.request>[0]) =>
      stage.sandbox.clock.busy(() => stage.call(name, cloudFormation.request(change)));
    const spec = usualSpec({ ...service, name: 'search' }, stage.sandbox.repositoryOf('search'));
    const fileOf = (source: RolloutSpecSource) => ({ ResourceProperties: { file: 'search.yaml', text: specText(source) } });
    const PhysicalResourceId = 'rollout/search';
    try {
      stage.push('v2');
      await stage.untilWeight(50);
      await send('DeploySpec', fileOf(spec));
      const other = { ...spec, analysis: { ...spec.analysis, alarms: ['another'] } };
      await send('DeploySpec', { RequestType: 'Update', PhysicalResourceId, ...fileOf(other) });
      await send('DeploySpec', { RequestType: 'Delete', PhysicalResourceId });
      await send('GuardRemoval', { RequestType: 'Delete', PhysicalResourceId: 'guard-removal' });
    } finally {
      await cloudFormation.close();
    }
    if (cloudFormation.answers.map(({ Status }) => Status).join() !== 'SUCCESS,SUCCESS,SUCCESS,FAILED') {
      throw new Error(`CloudFormation was answered ${JSON.stringify(cloudFormation.answers)}`);
    }
    await stage.untilPhase('succeeded');
  },
  { spec: { checkout: quick } },
);

/** What an earlier run of the rollout left behind, because it failed. */
const leftover: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'checkout-canary',
    namespace: 'shop',
    annotations: { [rolloutAnnotation]: 'checkout', [rolloutIdAnnotation]: 'checkout-0', [createdFenceAnnotation]: '0' },
  },
  spec: { selector: { app: 'checkout' }, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
};

const leftoverIsTakenOver = errand(
  'a Service that an earlier run left behind is taken over, of a workload with a volume',
  async (stage) => {
    const stable = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };
    const volumes = [{ name: 'cache', persistentVolumeClaim: { claimName: 'cache' } }];
    stage.outside((kubernetes) => {
      kubernetes.patch(stable, { spec: { template: { spec: { volumes } } } });
      kubernetes.apply(leftover);
    });
    await stage.sleep(30);
    stage.push('v2');
    await stage.untilPhase('succeeded');
  },
  { spec: { checkout: quick } },
);

const destinationRule = (name: string, host: string, annotations: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name, namespace: 'shop', annotations },
  spec: { host, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 100 } } } },
});

const leftoverPolicyIsTakenOver = errand(
  'a DestinationRule that an earlier run left behind is taken over',
  async (stage) => {
    stage.outside((kubernetes) => {
      kubernetes.apply(destinationRule('checkout', 'checkout'));
      kubernetes.apply(destinationRule('checkout-canary', 'checkout-canary', leftover.metadata.annotations));
    });
    stage.push('v2');
    await stage.untilPhase('succeeded');
  },
  { spec: { checkout: quick } },
);

/** A rollout of another mesh begins, and is aborted: its routes are written, whoever obeys them. */
function otherMesh(
  kind: 'grpc' | 'linkerd' | 'consul',
  router: RolloutSpecSource['router'],
  objects: readonly KubernetesObject[],
): Scenario {
  return errand(
    `a rollout whose routes are of another kind: ${kind}`,
    async (stage) => {
      stage.outside((kubernetes) => {
        for (const object of objects) kubernetes.apply(object);
      });
      await stage.sleep(5);
      stage.push('v2');
      await stage.untilPhase('progressing');
      await stage.call('Operate', { rollout: 'checkout', action: 'abort', by: 'ada' });
      await stage.untilPhase('rolledBack');
    },
    { spec: { checkout: (usual) => ({ ...quick(usual), router }) } },
  );
}

const inShop = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});
const routeOf = (kind: 'HTTPRoute' | 'GRPCRoute'): KubernetesObject =>
  inShop('gateway.networking.k8s.io/v1', kind, 'checkout', {
    parentRefs: [{ group: '', kind: 'Service', name: 'checkout', port: 80 }],
    rules: [{ name: 'main', backendRefs: [{ name: 'checkout', port: 80 }] }],
  });
const consul = 'consul.hashicorp.com/v1alpha1';

const otherMeshes = [
  otherMesh('grpc', { kind: 'gatewayApi', routes: [{ grpcRoute: 'checkout' }] }, [routeOf('GRPCRoute')]),
  otherMesh('linkerd', { kind: 'linkerd', routes: [{ httpRoute: 'checkout' }] }, [routeOf('HTTPRoute')]),
  otherMesh('consul', { kind: 'consul', routes: [{ serviceSplitter: 'checkout' }] }, [
    inShop(consul, 'ServiceResolver', 'checkout', {
      defaultSubset: 'stable',
      subsets: {
        stable: { filter: 'Service.Meta["k8s-service-name"] == "checkout"' },
        canary: { filter: 'Service.Meta["k8s-service-name"] == "checkout-canary"' },
      },
    }),
    inShop(consul, 'ServiceSplitter', 'checkout', { splits: [{ weight: 100, serviceSubset: 'stable' }] }),
  ]),
];

/** FailRollback ends the rollout, its answer gets lost, and it is called again. */
const failsTwice = errand('a rollback that failed is ended again', async (stage) => {
  await scenarioNamed('rollback-meets-a-fatal-error').story(stage);
  await stage.untilPhase('failed');
  const rollback = stage.sandbox.engine.executions.find(({ machine }) => machine === 'rollback');
  await stage.call('FailRollback', rollback?.input);
});

/** Scenarios that between them make the functions do what the errands do not. */
const chosen = [
  'destination-rule-promoted',
  'alert-pushed-through-sns',
  'alert-pushed-through-webhook',
  'alarm-while-the-sweep-finishes-a-promotion-held',
  'second-route-takes-traffic',
  'three-images',
  'dies-before-it-tells-in-Finish',
  'alarm-of-the-newest-spec',
  'push-lost',
  'answer-lost-before-it-tells-in-Decide',
  'answer-lost-before-it-tells-in-Finish',
  'dies-before-it-tells-in-FinishRollback',
  'begin-runs-out-of-retries',
  'cloudwatch-errors',
];

/**
 * Everything that a role may be used for is used by one of these. The choice cannot hide anything: what none of them uses shows as a
 * permission that nobody needs, and what a role lacks is refused in test/scenarios/, where every scenario runs under the same roles.
 */
export const everyErrand: readonly Scenario[] = [
  oneRepositoryForTwo,
  stackIsDeployed,
  leftoverIsTakenOver,
  leftoverPolicyIsTakenOver,
  ...otherMeshes,
  failsTwice,
  lambdaStalls('RunAnalysis'),
  ...chosen.map(scenarioNamed),
];

/** @throws Error where the list has none of that name. */
function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`There is no scenario ${name}: choose another one that does the same.`);
  return found;
}

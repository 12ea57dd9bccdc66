import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RawApi } from '../api/raw-api.ts';
import { envoyArguments, gatewayAgentFolder, gatewaySetup } from '../config/envoy.ts';
import { istiodEnvironment } from '../config/istiod.ts';
import { type AgentGround, type AgentSetup, agentArguments, agentEnvironment, layCredentials, secretsSocket } from '../mtls/agent.ts';
import type { ProcessName } from '../types.ts';
import type { PartSpec } from './child.ts';
import { apiUrlOf, type Plan, ports, urlOf } from './plan.ts';
import { answers } from './probe.ts';

/** Files in the folder of a run, which parts are started with. */
export const files = {
  kubeconfig: 'kubeconfig',
  tokens: 'tokens.csv',
  webhook: 'token-webhook.json',
  certificate: 'server.crt',
  key: 'server.key',
  authority: 'authority.crt',
  serviceAccountKey: 'service-accounts.key',
  mesh: 'mesh.json',
  gateway: 'gateway.json',
  sidecar: 'sidecar.json',
  prometheus: 'prometheus.json',
  kubelet: 'kubelet.json',
  behaviours: 'behaviours.json',
} as const;

const kubeletProgram = new URL('../kubelet/main.ts', import.meta.url).pathname;

/** How each part is started, in order: an earlier one does not need a later one. */
export function partsOf(plan: Plan, api: RawApi): Readonly<Record<ProcessName, PartSpec>> {
  const { address, folder, bin, logs } = plan;
  const file = (name: keyof typeof files) => join(folder, files[name]);
  const part = (name: ProcessName, program: string, args: readonly string[], isReady: PartSpec['isReady']): PartSpec => {
    const command = program.includes('/') ? program : join(bin, program);
    return { name, command, args, cwd: folder, log: join(logs, `${name}.log`), isReady };
  };
  const envoy = (name: 'gateway' | 'sidecar', ready: string) => {
    return part(name, 'envoy', envoyArguments(file(name)), () => answers(ready));
  };
  return {
    etcd: part('etcd', 'etcd', etcdArguments(plan), () => answers(`${urlOf(plan, 'etcdClient')}/health`)),
    'kube-apiserver': part('kube-apiserver', 'kube-apiserver', apiServerArguments(plan, file), async () => {
      return (await api.ask('GET', '/readyz')).status === 200;
    }),
    'kube-controller-manager': part(
      'kube-controller-manager',
      'kube-controller-manager',
      controllerArguments(plan, file),
      async () => true,
    ),
    istiod: {
      ...part('istiod', 'istiod', istiodArguments(plan, file), () => answers(`${urlOf(plan, 'istiodHttp')}/ready`)),
      environment: istiodEnvironment(plan),
    },
    gateway: envoy('gateway', `${urlOf(plan, 'gatewayAdmin')}/ready`),
    sidecar: envoy('sidecar', `${urlOf(plan, 'sidecarAdmin')}/ready`),
    kubelet: part('kubelet', process.execPath, [kubeletProgram, file('kubelet')], () => answers(`${urlOf(plan, 'kubelet')}/received`)),
    prometheus: part(
      'prometheus',
      'prometheus',
      [
        `--config.file=${file('prometheus')}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        '--storage.tsdb.retention.time=6h',
        `--web.listen-address=${address}:${ports.prometheus}`,
      ],
      () => answers(`${urlOf(plan, 'prometheus')}/-/ready`),
    ),
    'gateway-agent': gatewayAgent(plan, api),
  };
}

function gatewayAgent(plan: Plan, api: RawApi): PartSpec {
  const { type, name, namespace, address, serviceAccount } = gatewaySetup(plan);
  const folder = join(plan.folder, gatewayAgentFolder);
  const setup: AgentSetup = { type, name, namespace, address, serviceAccount, folder };
  const ground = agentGround(plan);
  return {
    name: 'gateway-agent',
    command: join(plan.bin, 'pilot-agent'),
    args: agentArguments(setup, ground),
    environment: agentEnvironment(setup, ground),
    cwd: folder,
    log: join(plan.logs, 'gateway-agent.log'),
    prepare: () => layCredentials(api, setup),
    isReady: async () => existsSync(join(folder, secretsSocket)),
  };
}

export function agentGround({ folder, address }: Plan): AgentGround {
  return { meshFile: join(folder, files.mesh), authority: `${address}:${ports.istiodSecureGrpc}` };
}

type FileOf = (name: keyof typeof files) => string;

/** Nothing has to survive the machine, so nothing is synced to its disk. */
function etcdArguments(plan: Plan): string[] {
  const client = urlOf(plan, 'etcdClient');
  const peer = urlOf(plan, 'etcdPeer');
  return [
    ['--data-dir', join(plan.folder, 'etcd')],
    ['--listen-client-urls', client],
    ['--advertise-client-urls', client],
    ['--listen-peer-urls', peer],
    ['--initial-advertise-peer-urls', peer],
    ['--initial-cluster', `default=${peer}`],
    ['--unsafe-no-fsync', '--log-level=warn'],
  ].flat();
}

function apiServerArguments(plan: Plan, file: FileOf): string[] {
  return [
    `--etcd-servers=${urlOf(plan, 'etcdClient')}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${plan.apiPort}`,
    `--tls-cert-file=${file('certificate')}`,
    `--tls-private-key-file=${file('key')}`,
    `--token-auth-file=${file('tokens')}`,
    `--authentication-token-webhook-config-file=${file('webhook')}`,
    '--authentication-token-webhook-version=v1',
    '--authentication-token-webhook-cache-ttl=5s',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('serviceAccountKey')}`,
    `--service-account-signing-key-file=${file('serviceAccountKey')}`,
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    '--profiling=false',
    '--v=1',
  ];
}

function controllerArguments({ address }: Plan, file: FileOf): string[] {
  const controllers = [
    'deployment-controller',
    'replicaset-controller',
    'statefulset-controller',
    'garbage-collector-controller',
    'namespace-controller',
    'horizontal-pod-autoscaler-controller',
    'endpoints-controller',
    'endpointslice-controller',
    'endpointslice-mirroring-controller',
    'disruption-controller',
    'resourcequota-controller',
  ];
  return [
    `--kubeconfig=${file('kubeconfig')}`,
    `--bind-address=${address}`,
    `--secure-port=${ports.controllerManager}`,
    `--cert-dir=${join(file('kubeconfig'), '..', 'controller-manager')}`,
    '--leader-elect=false',
    '--use-service-account-credentials=false',
    `--controllers=${controllers.join(',')}`,
    // Its defaults, 20 and 30 requests a second, hold back a test that makes many objects at once.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

function istiodArguments({ address }: Plan, file: FileOf): string[] {
  return [
    'discovery',
    `--kubeconfig=${file('kubeconfig')}`,
    `--meshConfig=${file('mesh')}`,
    `--httpAddr=${address}:${ports.istiodHttp}`,
    '--httpsAddr=',
    `--grpcAddr=${address}:${ports.istiodGrpc}`,
    `--secureGRPCAddr=${address}:${ports.istiodSecureGrpc}`,
    `--monitoringAddr=${address}:${ports.istiodMetrics}`,
    '--ctrlz_port=0',
  ];
}

export function kubeconfigOf(plan: Plan, authorityFile: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: plan.clusterName, cluster: { server: apiUrlOf(plan), 'certificate-authority': authorityFile } }],
    users: [{ name: 'admin', user: { token: plan.adminToken } }],
    contexts: [{ name: plan.clusterName, context: { cluster: plan.clusterName, user: 'admin' } }],
    'current-context': plan.clusterName,
  };
}

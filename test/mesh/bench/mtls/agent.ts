import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { AwsUnavailableError } from '../../../../core/errors.ts';
import type { RawApi } from '../api/raw-api.ts';
import { until } from '../until.ts';

/** One pilot-agent: whose certificates it fetches from istiod, and the folder that it works in. */
export interface AgentSetup {
  readonly type: 'router' | 'sidecar';
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly address: string;
  readonly folder: string;
}

/** What the agents of one bench have in common. */
export interface AgentGround {
  /** The mesh's settings. By its name, which is in every command line, a later run knows the agents of an earlier one. */
  readonly meshFile: string;
  /** Of istiod's certificate authority, which speaks TLS alone. */
  readonly authority: string;
}

/** Where Envoy asks its agent for certificates, from the agent's folder on: an absolute path could be too long for a socket. */
export const secretsSocket = 'var/run/secrets/workload-spiffe-uds/socket';
/** Certificate and key of the agent, from its folder on. */
export const certificateFiles = {
  key: 'certificates/key.pem',
  certificates: 'certificates/cert-chain.pem',
  authority: 'certificates/root-cert.pem',
} as const;

const issued = z.object({ status: z.object({ token: z.string() }) });
const rootOfMesh = z.object({ data: z.object({ 'root-cert.pem': z.string() }) });
const rootPath = '/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert';
const tokenSeconds = 24 * 60 * 60;

export function agentArguments({ type, namespace }: AgentSetup, { meshFile }: AgentGround): string[] {
  return ['proxy', type, '--domain', `${namespace}.svc.cluster.local`, `--meshConfig=${meshFile}`];
}

/**
 * An agent hands out certificates only where it has an Envoy to run. Envoys of the bench are processes of their own, which are ended one by
 * one, so it gets a shell, which it calls with `-c` and this, and which is gone soon after it.
 */
const inPlaceOfEnvoy = { binaryPath: '/bin/sh', customConfigFile: 'while [ -e /proc/$PPID/exe ]; do sleep 1; done' };

export function agentEnvironment(setup: AgentSetup, { authority }: AgentGround): Readonly<Record<string, string>> {
  const { name, namespace, serviceAccount, address } = setup;
  return {
    POD_NAME: name,
    POD_NAMESPACE: namespace,
    SERVICE_ACCOUNT: serviceAccount,
    INSTANCE_IP: address,
    HOST_IP: address,
    CLUSTER_ID: 'Kubernetes',
    TRUST_DOMAIN: 'cluster.local',
    JWT_POLICY: 'third-party-jwt',
    CA_ADDR: authority,
    // The name in istiod's certificate, which is not that of a bench.
    CA_SNI: 'istiod.istio-system.svc',
    OUTPUT_CERTS: `./${dirname(certificateFiles.key)}`,
    PROXY_CONFIG: JSON.stringify(inPlaceOfEnvoy),
  };
}

/**
 * Lays into the agent's folder what it proves its identity with, a token of its service account, and what it knows istiod by. The service
 * account has to be there.
 *
 * @throws AwsUnavailableError, DeadlineExceededError where there is no token, or istiod has not told its root certificate.
 */
export async function layCredentials(api: RawApi, { folder, namespace, serviceAccount }: AgentSetup): Promise<void> {
  const spec = { audiences: ['istio-ca'], expirationSeconds: tokenSeconds };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const answer = await api.ask('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
  if (answer.status >= 300) {
    throw new AwsUnavailableError(`There is no token for the service account ${namespace}/${serviceAccount}: ${answer.status}.`, {
      remedy: `Apply the ServiceAccount. The API server said ${answer.body}`,
    });
  }
  const { token } = issued.parse(JSON.parse(answer.body)).status;
  let root = '';
  await until(async () => {
    root = rootOfMesh.parse(JSON.parse((await api.ask('GET', rootPath)).body)).data['root-cert.pem'];
    return true;
  });
  // What a killed one left would be taken for somebody else's agent.
  await rm(join(folder, secretsSocket), { force: true });
  await mkdir(join(folder, dirname(certificateFiles.key)), { recursive: true });
  const contents = {
    'var/run/secrets/tokens/istio-token': token,
    'var/run/secrets/istio/root-cert.pem': root,
    // It would listen for probes, on all addresses of the machine.
    'etc/istio/pod/annotations': 'status.sidecar.istio.io/port="0"\n',
  };
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(join(folder, dirname(name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
}

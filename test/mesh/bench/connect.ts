import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { systemClock } from '../../../adapters/clock.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { createClusterOpener } from '../../../adapters/eks/open-cluster.ts';
import { signToken } from '../../../adapters/eks/token.ts';
import { AwsUnavailableError } from '../../../core/errors.ts';
import type { ClusterEndpoint } from '../../../core/ports.ts';
import { applyObjects, objectsOf } from './api/apply.ts';
import { freshNamespace } from './api/fresh-namespace.ts';
import { RawApi } from './api/raw-api.ts';
import { gatewayApiParent, istioGateway } from './config/objects.ts';
import type { BenchDescription } from './description.ts';
import { type Bench, type BenchProcess, type ProcessName, processNames } from './types.ts';

const pids = z.partialRecord(z.enum(processNames), z.number());
const identity = z.object({ key: z.string(), certificates: z.string(), authority: z.string() });
const received = z.object({ requests: z.number(), mirrored: z.number() });

/** Everything that a bench offers, from any process of this machine. */
export function connectBench(description: BenchDescription): Bench {
  const {
    clusterName: name,
    apiUrl: endpoint,
    certificateAuthority,
    adminToken,
    region,
    credentials,
    controlUrl,
    kubeletUrl,
  } = description;
  const clusterEndpoint: ClusterEndpoint = { name, endpoint, certificateAuthority };
  const raw = new RawApi({ url: endpoint, ca: certificateAuthority, token: adminToken });
  const apply: Bench['apply'] = (manifests) => applyObjects(raw, objectsOf(manifests));
  const open = createClusterOpener({ region, credentials: async () => credentials, clock: systemClock });
  const processes = Object.fromEntries(processNames.map((each) => [each, processOf(controlUrl, each)])) as Bench['processes'];
  return {
    ...description,
    admin: createKubernetesClient({ endpoint: clusterEndpoint, token: async () => adminToken, clock: systemClock, timeoutMs: 10_000 }),
    sluice: open(clusterEndpoint),
    clusterEndpoint,
    // Each with connections of its own: what befalls a relay's is none of the others' business.
    sluiceAt: (at) => createClusterOpener({ region, credentials: async () => credentials, clock: systemClock })(at),
    raw,
    openRawSluice: async () => {
      const token = await signToken({ clusterName: name, region, credentials, signedAtMs: systemClock.now() });
      return new RawApi({ url: endpoint, ca: certificateAuthority, token });
    },
    istioGateway,
    gatewayApiParent,
    apply,
    freshNamespace: (prefix) => freshNamespace(raw, prefix),
    processes,
    async memory() {
      const running = Object.entries(await control(controlUrl, '')) as [ProcessName, number][];
      const measured = await Promise.all(running.map(async ([each, pid]) => [each, await residentBytes(pid)] as const));
      return Object.fromEntries(measured);
    },
    async behave(image, behaviour) {
      await ask(`${kubeletUrl}/behave`, { image, behaviour });
    },
    async received(image) {
      return received.parse(await ask(`${kubeletUrl}/received?image=${encodeURIComponent(image)}`));
    },
    async identityOf(pod) {
      return identity.parse(await ask(`${kubeletUrl}/identity?${new URLSearchParams(pod)}`));
    },
    detach: async () => raw.close(),
  };
}

function processOf(controlUrl: string, name: ProcessName): BenchProcess {
  const act = async (action: string) => void (await control(controlUrl, `${name}/${action}`));
  return {
    name,
    pid: async () => (await control(controlUrl, ''))[name],
    kill: (signal = 'SIGKILL') => act(signal),
    stop: () => act('stop'),
    cont: () => act('cont'),
    start: () => act('start'),
    restart: async () => {
      await act('SIGKILL');
      await act('start');
    },
  };
}

async function control(controlUrl: string, path: string): Promise<Partial<Record<ProcessName, number>>> {
  return pids.parse(await ask(`${controlUrl}/${path}`));
}

async function ask(url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  throw new AwsUnavailableError(`The bench answered ${answer.status}.`, { remedy: `It said: ${text}` });
}

/** 0 for a process that is gone. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

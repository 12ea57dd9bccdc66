import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../../../../adapters/clock.ts';
import { authority } from '../../../localstack/stub/certificates.ts';
import { RawApi } from '../api/raw-api.ts';
import type { BenchDescription } from '../description.ts';
import { createTokenWebhook } from '../token/webhook.ts';
import { type ProcessName, processNames } from '../types.ts';
import { Child } from './child.ts';
import { reap, recordPids, sidecarPidsFile } from './claim.ts';
import { createControl } from './control.ts';
import { files, partsOf } from './parts.ts';
import { apiUrlOf, gatewayPorts, type Plan, ports, urlOf } from './plan.ts';
import { addRoute, removeRoute } from './route.ts';
import { layGround, layMesh } from './set-up-cluster.ts';
import { writeFiles } from './write-files.ts';

const region = 'eu-west-1';
/** What the pretended IAM knows. They open nothing but this bench. */
const credentials = { accessKeyId: 'AKIDMESHBENCH', secretAccessKey: 'the-secret-of-the-mesh-bench' };
/** kube-apiserver would wait for a minute for its watches to end. */
const patienceMs = 2_000;

export interface Supervised {
  readonly description: BenchDescription;
  end(): Promise<void>;
}

/** Starts every part of a bench, in order, and gives the cluster what belongs into it. */
export async function supervise(plan: Plan, report: (line: string) => void): Promise<Supervised> {
  const { folder, address, clusterName, adminToken } = plan;
  await mkdir(plan.logs, { recursive: true });
  const api = new RawApi({ url: apiUrlOf(plan), ca: authority, token: adminToken });
  const specs = partsOf(plan, api);
  const record = () =>
    recordPids(folder, Object.fromEntries([...children].flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]]))));
  const children = new Map<ProcessName, Child>(processNames.map((name) => [name, new Child(specs[name], record)]));
  const webhookLog = createWriteStream(join(plan.logs, 'token-webhook.log'));
  const log = (line: string) => void webhookLog.write(`${new Date().toISOString()} ${line}\n`);
  const webhook = createTokenWebhook({ clusterName, region, credentials, now: systemClock.now, log });
  const control = createControl(children);

  const end = async () => {
    for (const server of [webhook, control]) {
      server.close();
      server.closeAllConnections();
    }
    await Promise.all([...children.values()].map((child) => child.end(patienceMs)));
    await reap(folder, sidecarPidsFile);
    api.close();
    await removeRoute(plan.range);
    await Promise.all(['etcd', 'prometheus'].map((name) => rm(join(folder, name), { recursive: true, force: true })));
  };
  const timed = async (what: string, act: () => Promise<unknown>) => {
    const startedMs = performance.now();
    await act();
    report(`${what}: ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
  };
  const start = (...names: readonly ProcessName[]) =>
    timed(names.join(', '), () => Promise.all(names.map((name) => children.get(name)?.start())));
  try {
    await addRoute(plan.range);
    await writeFiles(plan);
    await listen(webhook, address, ports.webhook);
    await listen(control, address, ports.control);
    await start('etcd');
    await start('kube-apiserver');
    await timed('custom resource definitions', () => layGround(plan, api));
    await start('kube-controller-manager', 'istiod', 'kubelet', 'prometheus');
    await layMesh(plan, api);
    await start('gateway', 'sidecar');
  } catch (error) {
    await end();
    throw error;
  }
  return { description: describe(plan), end };
}

function describe(plan: Plan): BenchDescription {
  return {
    clusterName: plan.clusterName,
    kubeconfig: join(plan.folder, files.kubeconfig),
    apiUrl: apiUrlOf(plan),
    certificateAuthority: authority,
    adminToken: plan.adminToken,
    region,
    credentials,
    gatewayUrl: `http://${plan.gatewayAddress}:${gatewayPorts.istio}`,
    gatewayApiUrl: `http://${plan.gatewayAddress}:${gatewayPorts.gatewayApi}`,
    meshUrl: `http://${plan.sidecarAddress}:80`,
    envoyAdminUrls: { gateway: urlOf(plan, 'gatewayAdmin'), sidecar: urlOf(plan, 'sidecarAdmin') },
    istiodUrl: urlOf(plan, 'istiodMetrics'),
    prometheusUrl: urlOf(plan, 'prometheus'),
    controlUrl: urlOf(plan, 'control'),
    kubeletUrl: urlOf(plan, 'kubelet'),
    logs: plan.logs,
  };
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
}

import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authority, serverCertificate, serverKey } from '../../../localstack/stub/certificates.ts';
import { envoyBootstrap, gatewaySetup, sidecarSetup } from '../config/envoy.ts';
import { meshConfig } from '../config/istiod.ts';
import { podNode } from '../config/objects.ts';
import { prometheusConfig } from '../config/prometheus.ts';
import type { KubeletSettings } from '../kubelet/main.ts';
import { agentGround, files, kubeconfigOf } from './parts.ts';
import { apiUrlOf, type Plan, ports, urlOf } from './plan.ts';

/** Writes every file that a part is started with into the folder of the run. */
export async function writeFiles(plan: Plan): Promise<void> {
  const { folder, adminToken } = plan;
  await mkdir(plan.logs, { recursive: true });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kubelet: KubeletSettings = {
    api: { url: apiUrlOf(plan), ca: authority, token: adminToken },
    control: { address: plan.address, port: ports.kubelet },
    range: plan.range,
    nodeName: podNode,
    behavioursFile: join(folder, files.behaviours),
    readyAfterMs: 300,
    stopDelayMs: 1500,
    sidecars: { ...agentGround(plan), bin: plan.bin, runFolder: folder, logs: plan.logs, istiodAddress: plan.address },
  };
  const contents: Record<Exclude<keyof typeof files, 'behaviours'>, unknown> = {
    kubeconfig: kubeconfigOf(plan, join(folder, files.authority)),
    tokens: `${adminToken},admin,admin,"system:masters"\n`,
    webhook: webhookConfig(plan),
    certificate: serverCertificate,
    key: serverKey,
    authority,
    serviceAccountKey: privateKey.export({ type: 'pkcs1', format: 'pem' }),
    mesh: meshConfig(plan),
    gateway: envoyBootstrap(gatewaySetup(plan), plan),
    sidecar: envoyBootstrap(sidecarSetup(plan), plan),
    prometheus: prometheusConfig(plan),
    kubelet,
  };
  for (const [name, content] of Object.entries(contents)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, files[name as keyof typeof contents]), text, { mode: 0o600 });
  }
}

/** Where kube-apiserver asks about tokens that it does not know; in the format of a kubeconfig. */
function webhookConfig(plan: Plan): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'webhook', cluster: { server: `${urlOf(plan, 'webhook')}/review` } }],
    contexts: [{ name: 'webhook', context: { cluster: 'webhook' } }],
    'current-context': 'webhook',
  };
}

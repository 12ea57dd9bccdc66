import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSandbox, startSandboxConnection } from '../../cli/connection/sandbox/start-sandbox.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { sluice, temporaryFolder, writeKubeconfig as writeKubeconfigIn } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

let running: RunningSandbox;
let cwd: string;

beforeEach(async () => {
  running = await startSandboxConnection({
    clock: new VirtualClock(),
    speed: 1,
    specs: [{ file: 'checkout.yaml', text: cliSpec() }],
    by: 'ada',
  });
  cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rollouts'));
  await writeFile(join(cwd, 'rollouts', 'checkout.yaml'), cliSpec());
});

afterEach(() => running.close());

const writeKubeconfig = (user: Readonly<Record<string, unknown>>) => writeKubeconfigIn(cwd, running.kubernetesUrl, user);
const direct = (...more: string[]) => sluice(['abort', 'checkout', '--direct', '--kubeconfig', 'kubeconfig', ...more], { cwd });

const weights = () => {
  const route = running.sandbox.kubernetes.get({
    apiVersion: 'networking.istio.io/v1',
    resource: 'virtualservices',
    namespace: 'shop',
    name: 'shop',
  });
  const { http } = (route?.['spec'] ?? {}) as { http?: { route: { weight?: number }[] }[] };
  return { weights: http?.[0]?.route.map(({ weight }) => weight), fence: route?.metadata.annotations?.['fence.sluice.dev/checkout'] };
};

describe('sluice abort --direct', () => {
  it('takes the weight away and leaves a tombstone, with a kubeconfig alone; the controller then rolls back', async () => {
    await writeKubeconfig({ token: 'k8s-aws-v1.me' });
    const { connection, sandbox } = running;
    await connection.start({ rollout: 'checkout', image: 'v2' });
    while (weights().weights?.[1] !== 10) await sandbox.clock.sleep(100);
    const { code, out, err } = await direct();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('All traffic of checkout is on stable.');
    expect(out).toContain('  VirtualService shop/shop, http route checkout: stable 100, canary 0, fence 2');
    expect(out).toContain('kubectl --namespace shop delete deployment/checkout-canary service/checkout-canary');
    const phases = async () => (await connection.status('checkout')).services[0]?.past.map(({ phase }) => phase) ?? [];
    while (!(await phases()).includes('rolledBack')) await sandbox.clock.sleep(500);
  });

  it('works by a credential plugin, run without a shell', async () => {
    const plugin = join(cwd, 'plugin');
    const answer = { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token: 'k8s-aws-v1.plugin' } };
    await writeFile(
      plugin,
      `#!/bin/sh\n[ "$1" = 'a; $(b)' ] && [ "$CLUSTER" = shop ] && [ -n "$KUBERNETES_EXEC_INFO" ] && echo '${JSON.stringify(answer)}'\n`,
    );
    await chmod(plugin, 0o700);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      args: ['a; $(b)'],
      env: [{ name: 'CLUSTER', value: 'shop' }],
    };
    await writeKubeconfig({ exec });
    const { code, out } = await direct('--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      side: 'stable',
      context: 'sandbox',
      routes: [{ namespace: 'shop', virtualService: 'shop', http: 'checkout', split: { stable: 100, canary: 0 }, fence: 1 }],
    });
    expect(weights()).toMatchObject({ fence: '1' });
  });

  it.each([
    ['a token that the cluster refuses', { token: 'nobody' }, [], 3],
    ['a plugin that fails', { exec: { apiVersion: 'v1', command: './no-such-plugin' } }, [], 3],
    ['a context that is not there', { token: 'k8s-aws-v1.me' }, ['--context', 'production'], 3],
    ['a user without a credential', {}, [], 2],
  ])('says what is wrong with %s', async (_, user, more, code) => {
    await writeKubeconfig(user);
    const result = await direct(...more);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toMatch(/^error: .+\n {2}.+\n$/m);
  });

  it.each([
    ['is being replaced', true],
    ['is gone', false],
  ])('puts the traffic on stable all the same where it %s, and warns', async (_, there) => {
    await writeKubeconfig({ token: 'k8s-aws-v1.me' });
    const { kubernetes } = running.sandbox;
    const deployment = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };
    if (there) kubernetes.patch(deployment, { spec: { template: { metadata: { annotations: { again: '1' } } } } });
    else kubernetes.delete(deployment);
    const { code, out, err } = await direct();
    expect([code, out]).toEqual([0, expect.stringContaining('All traffic of checkout is on stable.')]);
    expect(err).toMatch(/^warning: stable, which has all the traffic now, is not settled; .*rollout status deployment\/checkout\n$/);
  });

  it('refuses the spec of another rollout', async () => {
    await writeKubeconfig({ token: 'k8s-aws-v1.me' });
    await writeFile(join(cwd, 'search.yaml'), cliSpec('search'));
    const result = await direct('--file', 'search.yaml');
    expect(result.err).toContain('search.yaml is the spec of search, not of checkout.');
    expect(result.code).toBe(2);
  });
});

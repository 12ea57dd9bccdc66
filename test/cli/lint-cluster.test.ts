import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSandbox, startSandboxConnection } from '../../cli/connection/sandbox/start-sandbox.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { sluice, temporaryFolder, writeKubeconfig } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

let running: RunningSandbox;
let clock: VirtualClock;
let cwd: string;

beforeEach(async () => {
  clock = new VirtualClock();
  running = await startSandboxConnection({
    clock,
    speed: 1,
    specs: ['checkout', 'search'].map((name) => ({ file: `${name}.yaml`, text: cliSpec(name) })),
    by: 'ada',
  });
  cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rollouts'));
  await writeFile(join(cwd, 'rollouts', 'checkout.yaml'), cliSpec());
  await writeFile(join(cwd, 'rollouts', 'search.yaml'), cliSpec('search'));
  await writeKubeconfig(cwd, running.kubernetesUrl);
});

afterEach(() => running.close());

const lint = (...more: string[]) =>
  clock.busy(() => {
    const { url } = running.sandbox.prometheus;
    return sluice(['lint', '--cluster', '--kubeconfig', 'kubeconfig', '--prometheus', url, ...more], { cwd, clock });
  });

const policy = (apiVersion: string, kind: string, spec: object) =>
  running.sandbox.kubernetes.apply({ apiVersion, kind, metadata: { name: 'checkout', namespace: 'shop' }, spec });
const addBudget = () => policy('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'checkout' } } });
const addStrict = () =>
  policy('security.istio.io/v1', 'PeerAuthentication', {
    selector: { matchLabels: { app: 'checkout', 'sluice.dev/side': 'stable' } },
    mtls: { mode: 'STRICT' },
  });

describe('sluice lint --cluster', () => {
  it('finds the services of the sandbox fit', async () => {
    expect(await lint()).toEqual({
      code: 0,
      out: [
        '2 files, no problem.',
        '',
        `Looked at in sandbox (${running.kubernetesUrl}):`,
        '',
        'checkout: 0 refusals, 0 warnings',
        '  success rate: no data yet, since it asks for the canary (0 ms)',
        '',
        'search: 0 refusals, 0 warnings',
        '  success rate: no data yet, since it asks for the canary (0 ms)',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('prints the gravest first, each with its remedy below it, and exits with 1', async () => {
    addBudget();
    addStrict();
    const { code, out } = await lint('rollouts/checkout.yaml');
    expect(code).toBe(1);
    expect(out).toContain(
      [
        'checkout: 1 refusal, 1 warning',
        "  refusal: PeerAuthentication shop/checkout: It covers stable's pods and not the canary's, and without it the canary takes plain text, which stable refuses.",
        '    Select by what the pods of both sides bear, or write the same for the other side too:',
        '    spec:',
        '      selector:',
        '        matchLabels:',
        '          app: checkout',
        '  warning: PodDisruptionBudget shop/checkout: ',
      ].join('\n'),
    );
  });

  it.each([
    ['are no failure', [], 0],
    ['fail where somebody is strict', ['--strict'], 1],
  ])('has warnings that %s', async (_what, more, code) => {
    addBudget();
    expect(await lint(...more)).toMatchObject({ code, out: expect.stringContaining('0 refusals, 1 warning') });
  });

  it('prints one JSON document', async () => {
    addStrict();
    const { code, out } = await lint('--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: [{ ok: true }, { ok: true }],
      problems: [],
      cluster: {
        context: 'sandbox',
        server: running.kubernetesUrl,
        rollouts: [
          {
            rollout: 'checkout',
            file: 'rollouts/checkout.yaml',
            findings: [{ severity: 'refusal', subject: 'PeerAuthentication shop/checkout' }],
          },
          { rollout: 'search', findings: [] },
        ],
      },
    });
  });

  it('lists what it could not read, and does not fail for it', async () => {
    const { kubernetes } = running.sandbox;
    kubernetes.access = {
      authenticate: () => ({ user: 'me', groups: [] }),
      authorize: (_caller, { resource }) => resource !== 'networkpolicies',
    };
    const { code, out } = await lint('--strict', 'rollouts/checkout.yaml');
    expect(code).toBe(0);
    expect(out).toContain('  could not read: namespace shop: Not looked at: NetworkPolicy may not be read.\n');
    expect(out).toContain('    - apiGroups: [networking.k8s.io]\n      resources: [networkpolicies]\n      verbs: [list]\n');
  });

  it('looks at no cluster while a file has a problem', async () => {
    await writeFile(join(cwd, 'rollouts', 'search.yaml'), cliSpec('search').replace('bake: 10s', 'bake: 10 s'));
    const { code, out } = await sluice(['lint', '--cluster', '--kubeconfig', 'nowhere'], { cwd });
    expect(code).toBe(1);
    expect(out).toContain('1 problem in 2 files.');
  });

  it.each([
    ['a kubeconfig that is not there', ['--kubeconfig', 'nowhere'], 3],
    ['a context that is not there', ['--context', 'production'], 3],
  ])('says what is wrong with %s', async (_what, more, code) => {
    expect(await lint(...more)).toMatchObject({ code, out: '', err: expect.stringMatching(/^error: .+\n {2}.+\n$/) });
  });

  it.each([['--strict'], ['--kubeconfig', 'kubeconfig'], ['--context', 'sandbox']])(
    'takes %s without --cluster for wrong usage',
    async (...more) => {
      const { code, err } = await sluice(['lint', ...more], { cwd });
      expect(code).toBe(2);
      expect(err).toMatch(/Add --cluster[.,]/);
    },
  );
});

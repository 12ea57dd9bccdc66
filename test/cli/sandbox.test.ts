import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Specs } from '../../adapters/store/specs.ts';
import { startControlApi } from '../../cli/connection/sandbox/control-api.ts';
import { connectToSandbox, isAlive } from '../../cli/connection/sandbox/control-client.ts';
import { type RunningSandbox, startSandboxConnection } from '../../cli/connection/sandbox/start-sandbox.ts';
import type { Connector } from '../../cli/run.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { type CommandResult, sluice, temporaryFolder } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

let running: RunningSandbox | undefined;

async function startUp(...names: string[]): Promise<(...argv: string[]) => Promise<CommandResult>> {
  const specs = names.map((name) => ({ file: `rollouts/${name}.yaml`, text: cliSpec(name) }));
  running = await startSandboxConnection({ clock: new VirtualClock(), speed: 1, specs, by: 'ada' });
  const { connection } = running;
  const connect: Connector = async () => ({ connection, close: async () => undefined });
  return (...argv) => sluice(argv, { connect });
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

const waitUntil = async (look: () => Promise<boolean>) => {
  while (!(await look())) await running?.sandbox.clock.sleep(500);
};
const phaseOf = async () => (await running?.connection.status('checkout'))?.services[0]?.present?.phase;

describe('the command on a sandbox', () => {
  it('rolls out a good image, and exits with 0', async () => {
    const command = await startUp('checkout');
    const { code, out } = await command('start', 'checkout', 'v2', '--wait');
    expect(code).toBe(0);
    const words = out.split('\n').map((line) => line.split('  ')[1]);
    expect(words.slice(0, -1)).toEqual(['begun', 'weight set', 'advanced', 'weight set', 'promoting', 'traffic returned', 'succeeded']);
    expect((await command('status')).out).toMatch(
      /^checkout {2}no rollout under way\n\nLast rollouts\n.*\ncheckout-000001 {2}succeeded {2}v2/,
    );
  });

  it('says of a service whose spec was retired since when it is', async () => {
    const command = await startUp('checkout');
    const { deps } = running?.sandbox ?? {};
    if (deps === undefined) throw new Error('no sandbox');
    await new Specs(deps.store).retire('checkout', 0);
    expect((await command('status')).out).toBe('checkout  retired 1970-01-01 00:00:00\n');
  });

  it('rolls a bad image back, exits with 1, and refuses it from then on unless it is forced', async () => {
    const command = await startUp('checkout');
    const { code, out } = await command('start', 'checkout', 'v2', '--wait', '--bad', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ phase: 'rolledBack', image: { tag: 'v2' }, actor: { kind: 'person', id: 'ada' } });
    const status = await command('status', 'checkout');
    expect(status.out).toMatch(/Quarantine\ncheckout {2}sha256:\w{12} {2}checkout-000001/);

    const again = await command('start', 'checkout', 'v2', '--wait');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('is quarantined');
    expect(again.err).toContain('--force --why');
    // Until the alarm is quiet again, it blocks every start.
    await running?.sandbox.clock.sleep(60_000);
    const forced = await command('start', 'checkout', 'v2', '--wait', '--force', '--why', 'the database is back');
    expect(forced.out).toContain('begun');
  });

  it('has nothing to do where stable runs the image already', async () => {
    const command = await startUp('checkout');
    const { code, out } = await command('start', 'checkout', 'v1', '--wait');
    expect(code).toBe(0);
    expect(out).toMatch(/^Nothing to do: Stable runs .* already\.$/m);
  });

  it('tells what runs, and follows it, as JSON', async () => {
    const command = await startUp('checkout', 'search');
    await command('start', 'checkout', 'v2');
    await waitUntil(async () => (await phaseOf()) === 'progressing');
    const status = JSON.parse((await command('status', '--json')).out);
    expect(status.services).toMatchObject([
      { rollout: 'checkout', present: { phase: 'progressing', step: 1, steps: 2 } },
      { rollout: 'search', past: [] },
    ]);
    const watched = await command('watch', 'checkout', '--json');
    const lines = watched.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(watched.code).toBe(0);
    expect(lines.at(0)).toMatchObject({ what: 'begun', rolloutId: 'checkout-000001' });
    expect(lines.at(-1)).toMatchObject({ what: 'succeeded' });
  });

  it('pauses, resumes, and aborts', async () => {
    const command = await startUp('checkout');
    await command('start', 'checkout', 'v2');
    await waitUntil(async () => (await phaseOf()) === 'progressing');
    expect(await command('pause', 'checkout', '--why', 'lunch')).toMatchObject({ code: 0 });
    await waitUntil(async () => (await phaseOf()) === 'paused');
    const { out } = await command('status');
    expect(out).toMatch(/checkout {2}paused {2}v2 {5}1 of 2 {2}10 of 100/);
    expect(out).toContain('checkout-000001: Paused by ada: lunch.');
    // The step is judged on while it is paused, but nobody bakes longer than the whole bake.
    await running?.sandbox.clock.sleep(60_000);
    expect((await command('status')).out).toMatch(/ 10s of 10s$/m);
    expect(await command('resume', 'checkout')).toMatchObject({ code: 0, out: 'checkout-000001 is to go on.\n' });
    await waitUntil(async () => (await phaseOf()) === 'progressing');
    expect(await command('abort', 'checkout', '--why', 'wrong day')).toMatchObject({ code: 0 });
    const watched = await command('watch', 'checkout');
    expect(watched.code).toBe(1);
    expect(watched.out).toContain('Aborted by ada: wrong day.');
  });

  it('begins its hints as the person began the command', async () => {
    await startUp('checkout');
    const connection = running?.connection;
    if (connection === undefined) throw new Error('the sandbox does not run');
    const connect: Connector = async () => ({ connection, close: async () => undefined });
    const hint = async (environment: Record<string, string>) =>
      (await sluice(['--sandbox', 'start', 'checkout', 'v2'], { connect, environment })).out.split('\n')[1];
    expect(await hint({})).toBe('Follow it with `sluice --sandbox watch checkout`.');
    expect(await hint({ npm_lifecycle_event: 'sluice' })).toBe('Follow it with `npm run sluice -- --sandbox watch checkout`.');
  });

  it('says that its sandbox has ended with it', async () => {
    await startUp('checkout');
    const connection = running?.connection;
    if (connection === undefined) throw new Error('the sandbox does not run');
    const connect: Connector = async () => ({ connection, keptUp: 'It stays up.', close: async () => undefined });
    const { code, err } = await sluice(['--sandbox', 'status'], { connect, interrupted: AbortSignal.abort() });
    expect({ code, err }).toEqual({ code: 0, err: '\nThe sandbox has ended, with all that ran in it.\n' });
  });

  it('stores a spec once, whatever its registry is', async () => {
    const command = await startUp('checkout');
    const folder = await temporaryFolder();
    await writeFile(`${folder}/checkout.yaml`, cliSpec());
    expect((await command('apply', `${folder}/checkout.yaml`)).out).toBe('checkout: unchanged, version 1\n');
  });

  it.each([
    [['abort', 'checkout'], 3, 'No rollout of checkout is under way.'],
    [['watch', 'checkout'], 3, 'There was no rollout of checkout yet.'],
    [['status', 'chekout'], 3, 'There is no rollout named chekout; there are: checkout.'],
    [['start', 'checkout', 'not an image'], 2, 'not an image is no image.'],
    [['start', 'checkout', 'v2', '--force'], 2, '--force needs --why.'],
  ])('answers %j with %i', async (argv, code, message) => {
    const command = await startUp('checkout');
    const result = await command(...argv);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(`error: ${message}`);
    expect(result.err).not.toContain('    at ');
  });

  it('stops following when it is interrupted', async () => {
    const command = await startUp('checkout');
    await command('start', 'checkout', 'v2');
    await waitUntil(async () => (await phaseOf()) === 'progressing');
    const connection = running?.connection;
    const interrupted = AbortSignal.abort();
    if (connection === undefined) throw new Error('the sandbox does not run');
    const result = await sluice(['watch', 'checkout'], {
      interrupted,
      connect: async () => ({ connection, close: async () => undefined }),
    });
    expect(result).toMatchObject({ code: 130, err: '\nThe rollout goes on; see `sluice status`.\n' });
  });
});

describe('the control API of a sandbox', () => {
  it('serves whoever has the token, and tells errors by name', async () => {
    await startUp('checkout');
    if (running === undefined) throw new Error('the sandbox does not run');
    const { connection, sandbox, kubernetesUrl } = running;
    const token = 'a'.repeat(43);
    const api = await startControlApi(connection, token);
    const address = { port: api.port, token, kubernetesUrl };
    const remote = connectToSandbox(address, sandbox.clock);
    expect(await isAlive(address)).toBe(true);
    expect((await remote.status()).services).toMatchObject([{ rollout: 'checkout', past: [] }]);
    expect(await remote.history('checkout-000001')).toEqual([]);
    await expect(remote.abort({ rollout: 'checkout' })).rejects.toMatchObject({ name: 'NotFoundError', remedy: 'See `sluice status`.' });

    const stranger = { ...address, token: 'b'.repeat(43) };
    expect(await isAlive(stranger)).toBe(false);
    await expect(connectToSandbox(stranger, sandbox.clock).status()).rejects.toMatchObject({ name: 'ClusterForbiddenError' });
    const response = await fetch(`http://127.0.0.1:${api.port}/v1/status`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(403);

    await api.close();
    expect(await isAlive(address)).toBe(false);
    await expect(remote.status()).rejects.toMatchObject({ name: 'AwsUnavailableError' });
  });
});

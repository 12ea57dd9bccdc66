import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sluice, temporaryFolder } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rollouts'));
});

const write = (text: string, name = 'checkout') => writeFile(join(cwd, 'rollouts', `${name}.yaml`), text);

describe('sluice lint', () => {
  it('finds nothing wrong with the example', async () => {
    expect(await sluice(['lint', 'rollouts/checkout.yaml'])).toEqual({ code: 0, out: '1 file, no problem.\n', err: '' });
  });

  it('prints where a problem is, what was found, what was expected, and exits with 1', async () => {
    await write(cliSpec().replace('bake: 10s', 'bake: 10 s'));
    const { code, out } = await sluice(['lint'], { cwd });
    expect(code).toBe(1);
    expect(out).toBe(
      [
        'rollouts/checkout.yaml:17:11 steps[0].bake: found "10 s", expected a duration such as 90s, 5m, 1h30m or 2d',
        '  17 |     bake: 10 s',
        '     |           ^',
        '  did you mean `10s`?',
        '',
        '1 problem in 1 file.',
        '',
      ].join('\n'),
    );
  });

  it('prints one JSON document with the problems', async () => {
    await write(cliSpec().replace('bake: 10s', 'bake: 10 s'));
    await write(cliSpec('search'), 'search');
    const { code, out } = await sluice(['lint', '--json'], { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: [
        { file: 'rollouts/checkout.yaml', ok: false },
        { file: 'rollouts/search.yaml', ok: true },
      ],
      problems: [{ code: 'wrongFormat', path: 'steps[0].bake', line: 17 }],
    });
  });

  it('colours problems on a terminal, unless NO_COLOR or --no-color says no', async () => {
    await write(cliSpec().replace('bake: 10s', 'bake: 10 s'));
    const onTerminal = { cwd, terminal: true };
    expect((await sluice(['lint'], onTerminal)).out).toContain('\u001b[');
    expect((await sluice(['lint', '--no-color'], onTerminal)).out).not.toContain('\u001b[');
    expect((await sluice(['lint'], { ...onTerminal, environment: { NO_COLOR: '1' } })).out).not.toContain('\u001b[');
    expect((await sluice(['lint'], { cwd })).out).not.toContain('\u001b[');
  });

  it.each([
    ['a file that is not there', ['lint', 'rollouts/nobody.yaml']],
    ['a folder without specs', ['lint']],
  ])('takes %s for wrong usage', async (_, argv) => {
    expect((await sluice(argv, { cwd })).code).toBe(2);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['a slip of the pen', 'plan', 'chekout', 'rollouts/chekout.yaml does not exist.', 'Did you mean rollouts/checkout.yaml?'],
    ['a name that is not there', 'plan', 'payment', 'rollouts/payment.yaml does not exist.', 'There is rollouts/checkout.yaml.'],
    ['a folder', 'lint', 'rollouts', 'rollouts is a folder.', 'Name a file of a rollout spec.'],
    ['a folder that is not there', 'lint', 'no/a.yaml', 'no/a.yaml does not exist.', 'Name a file of a rollout spec.'],
  ])('is %s: it says so, and what there is', async (_, command, file, message, remedy) => {
    await write(cliSpec());
    expect(await sluice([command, file], { cwd })).toEqual({ code: 2, out: '', err: `error: ${message}\n  ${remedy}\n` });
  });

  it.each([
    ['a spec', (name: string) => ['lint', name]],
    ['a manifest', (name: string) => ['lint', '--manifests', name]],
  ])('is shown by the beginning of its name, as %s', async (_, argv) => {
    await write(cliSpec());
    const { code, err } = await sluice(argv(`${'a'.repeat(40_000)}.yaml`), { cwd });
    expect([code, err.length < 5_000]).toEqual([2, true]);
  });
});

describe('sluice plan', () => {
  it.each(['checkout', 'rollouts/checkout.yaml'])('prints steps, deadlines and history of %s', async (named) => {
    await write(cliSpec());
    const { code, out } = await sluice(['plan', named], { cwd });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "step  weight  bake  pause  starts at  canary's share",
        '1     10      10s   -      0s         10 %',
        '2     100     10s   -      10s        100 %',
        '',
        '2 steps, at least 20s, measured every 1s, deadline 10m.',
        '',
        'Deadlines: ready 1m, queue 1h, drain 2s.',
        "At most about 662 events in the execution's history, of 20000 that a plan may use.",
        '',
      ].join('\n'),
    );
  });

  it('prints one JSON document', async () => {
    await write(cliSpec());
    const { out } = await sluice(['plan', 'checkout', '--json'], { cwd });
    expect(JSON.parse(out)).toMatchObject({ rollout: 'checkout', plan: { minimumSeconds: 20 }, historyEvents: 662 });
  });

  it('tells what each step may cost at worst, at the traffic that it is told', async () => {
    await write(cliSpec().replace('  metrics:', '  metrics:\n    - successRate'));
    const { code, out } = await sluice(['plan', 'checkout', '--requests-per-second', '1000'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/^step .* canary's share {2}costs at most, on average\n1 .* 10 % +500 bad answers: 100 % for 5s\n/);
    expect(out).toContain(
      'A version that turns bad costs at most some 8,685 bad answers at one step, on average, at 1,000 requests a second of which stable fails 0.1 %.',
    );
    const json = await sluice(['plan', 'checkout', '--requests-per-second', '1000', '--bad-share', '2%', '--json'], { cwd });
    expect(JSON.parse(json.out)).toMatchObject({
      traffic: { requestsPerSecond: 1000, stableShare: 0.02 },
      worst: [{ canaryShare: 1 }, {}],
    });
  });

  it('says so where nothing tells what a step may cost', async () => {
    await write(cliSpec());
    const { out } = await sluice(['plan', 'checkout', '--requests-per-second', '1000'], { cwd });
    expect(out).toContain('What it may cost cannot be reckoned: no successRate or latency');
  });

  it.each([
    ['--requests-per-second', 'many'],
    ['--bad-share', 'few'],
  ])('refuses %s %s', async (option, value) => {
    await write(cliSpec());
    expect(await sluice(['plan', 'checkout', option, value], { cwd })).toMatchObject({ code: 2 });
  });

  it('refuses a share of bad answers without the requests that it is of', async () => {
    await write(cliSpec());
    const { code, err } = await sluice(['plan', 'checkout', '--bad-share', '2%'], { cwd });
    expect(code).toBe(2);
    expect(err).toContain('Add --requests-per-second');
  });

  it('refuses a spec that does not hold', async () => {
    await write('name: checkout\n');
    const { code, err } = await sluice(['plan', 'checkout'], { cwd });
    expect(code).toBe(1);
    expect(err).toContain('See `sluice lint rollouts/checkout.yaml`.');
  });
});

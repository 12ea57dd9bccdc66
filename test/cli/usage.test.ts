import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStateFile, removeStateFile, stateFilePath, writeStateFile } from '../../cli/connection/sandbox/state-file.ts';
import { exitCodeOf } from '../../cli/output/exit-code.ts';
import type { Connector } from '../../cli/run.ts';
import { errorClasses, StoreUnavailableError } from '../../core/errors.ts';
import { sluice, temporaryFolder } from './run-command.ts';

describe('the command line', () => {
  it('tells commands, options and exit codes by --help, and its version', async () => {
    const { code, out } = await sluice(['--help']);
    expect(code).toBe(0);
    for (const word of ['lint', 'plan', 'backtest', 'apply', 'start', 'status', 'watch', 'abort', 'pause', 'resume', 'promote'])
      expect(out).toContain(`  ${word} `);
    expect(out).toMatch(/Exit codes:\n {2}0 {4}fine/);
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await sluice(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it.each([[['help', 'plan']], [['plan', '-h']], [['plan', '--help']]])('tells what a command takes by %j', async (argv) => {
    const { code, out } = await sluice(argv);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Usage: sluice plan .*Global Options:.*--sandbox/s) });
  });

  it('names the help of the command that was used wrongly', async () => {
    expect((await sluice(['plan'])).err).toBe("error: missing required argument 'file|name'\nSee `sluice plan --help`.\n");
  });

  it('hints at the command that was meant', async () => {
    expect(await sluice(['stauts'])).toEqual({
      code: 2,
      out: '',
      err: "error: unknown command 'stauts'\n(Did you mean status?)\nSee `sluice --help`.\n",
    });
  });

  it.each([[['start', 'checkout']], [['lint', '--colour']], [['--speed', '0', 'status']], [[]]])(
    'takes %j for wrong usage',
    async (argv) => {
      expect(await sluice(argv)).toMatchObject({ code: 2, out: '' });
    },
  );

  it('takes global options before and after the command', async () => {
    expect(JSON.parse((await sluice(['--json', 'lint'])).out)).toEqual(JSON.parse((await sluice(['lint', '--json'])).out));
  });
});

describe('errors', () => {
  const connect: Connector = async () => {
    const cause = new Error('it was late', { cause: { name: 'NetworkError', message: 'no route' } });
    throw new StoreUnavailableError('The table does not answer.', { remedy: 'Try again later.', cause });
  };

  it('are printed as what happened and what to do, without a stack', async () => {
    expect(await sluice(['status'], { connect })).toEqual({
      code: 3,
      out: '',
      err: 'error: The table does not answer.\n  Try again later.\n',
    });
  });

  it('tell their causes with --verbose', async () => {
    const { err } = await sluice(['status', '--verbose'], { connect });
    expect(err).toContain('  caused by Error: it was late\n  caused by NetworkError: no route\n');
  });

  it('are one JSON document with --json', async () => {
    const { out, err } = await sluice(['status', '--json'], { connect });
    expect(JSON.parse(out)).toEqual({
      error: { name: 'StoreUnavailableError', message: 'The table does not answer.', remedy: 'Try again later.' },
    });
    expect(err).toBe('');
  });

  it('have the exit codes that are documented', () => {
    const codes = errorClasses
      .map((ErrorClass) => new ErrorClass('It failed.', { remedy: 'Mend it.' }))
      .map((error) => [error.name, exitCodeOf(error)]);
    expect(Object.fromEntries(codes)).toMatchObject({
      NotFoundError: 3,
      ClusterForbiddenError: 3,
      InvalidInputError: 2,
      SpecInvalidError: 1,
    });
    expect(exitCodeOf(new TypeError('a defect'))).toBe(1);
  });
});

describe('the file by which a sandbox is found', () => {
  const address = { port: 4711, token: 't'.repeat(43), kubernetesUrl: 'http://127.0.0.1:4712' };
  const place = async () => stateFilePath({ XDG_RUNTIME_DIR: await temporaryFolder() });

  it('is for its owner alone, and goes with the sandbox that wrote it', async () => {
    const path = await place();
    expect(await readStateFile(path)).toBeUndefined();
    await writeStateFile(path, address);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readStateFile(path)).toEqual(address);
    await removeStateFile(path, 'another');
    expect(await readStateFile(path)).toEqual(address);
    await removeStateFile(path, address.token);
    expect(await readStateFile(path)).toBeUndefined();
  });

  it('is passed over where others may read it, where it is a link, or where it says something else', async () => {
    const path = await place();
    await writeStateFile(path, address);
    await chmod(path, 0o644);
    expect(await readStateFile(path)).toBeUndefined();
    await chmod(path, 0o600);
    const link = join(await temporaryFolder(), 'link');
    await symlink(path, link);
    expect(await readStateFile(link)).toBeUndefined();
    await writeFile(path, '{}');
    expect(await readStateFile(path)).toBeUndefined();
  });
});

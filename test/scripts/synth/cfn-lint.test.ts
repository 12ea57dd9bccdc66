import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { checkWithCfnLint } from '../../../scripts/synth/cfn-lint.ts';
import { cfnLintVersion } from '../../../scripts/synth/find-cfn-lint.ts';

const scratch = await mkdtemp(join(tmpdir(), 'sluice-cfn-lint-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rm(scratch, { recursive: true }));

const finding = {
  Level: 'Warning',
  Message: 'It is odd.',
  Filename: 'a.json',
  Rule: { Id: 'W1' },
  Location: { Start: { LineNumber: 7 } },
};

/** A machine with these programs and nothing else; each answers `--version` with the first text, and all else with the second. */
async function machineWith(programs: Readonly<Record<string, readonly [version: string, answer: string, code: number]>>) {
  const folder = await mkdtemp(join(scratch, 'machine-'));
  for (const [name, [version, answer, code]] of Object.entries(programs)) {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\n[ "$1" = --version ] && echo '${version}' && exit 0\necho '${answer}'\nexit ${code}\n`);
    await chmod(file, 0o755);
  }
  const cache = join(folder, 'cache');
  vi.stubEnv('PATH', folder);
  vi.stubEnv('XDG_CACHE_HOME', cache);
  return cache;
}

const pinned = `cfn-lint ${cfnLintVersion}`;

describe('cfn-lint', () => {
  it('is the one on the PATH where it is the pinned version', async () => {
    await machineWith({ 'cfn-lint': [pinned, '[]', 0] });
    expect(await checkWithCfnLint(['a.json'], () => {})).toEqual({ status: 'holds', version: cfnLintVersion });
  });

  it('finds something, a warning too', async () => {
    await machineWith({ 'cfn-lint': [pinned, JSON.stringify([finding]), 4] });
    expect(await checkWithCfnLint(['a.json'], () => {})).toEqual({
      status: 'findings',
      version: cfnLintVersion,
      findings: [{ rule: 'W1', level: 'Warning', message: 'It is odd.', file: 'a.json', line: 7 }],
    });
  });

  it('is not run, and it is said how to get it, where another version and no Python are there', async () => {
    const cache = await machineWith({ 'cfn-lint': ['cfn-lint 1.51.0', '[]', 0] });
    const said: string[] = [];
    expect(await checkWithCfnLint(['a.json'], (line) => said.push(line))).toEqual({
      status: 'notRun',
      why: expect.stringMatching(/python3.*`pip install cfn-lint==[\d.]+`/),
    });
    expect(said).toEqual([expect.stringContaining(cache)]);
    expect(await readdir(join(cache, 'sluice'))).toEqual([]);
  });

  it('is an error of its own where it answers nothing', async () => {
    await machineWith({ 'cfn-lint': [pinned, '', 1] });
    await expect(checkWithCfnLint(['a.json'], () => {})).rejects.toThrow();
  });
});

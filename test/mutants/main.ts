import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { mutants } from './mutants.ts';
import { mutate } from './mutate.ts';

/**
 * Takes out one safeguard after the other, in a copy of the tree, and runs the tests that must notice. A mutant that survives is a
 * promise without a test. Of what notices, one test is named.
 *
 * Usage: npm run test:mutants [-- part of a name]
 */
const root = new URL('../..', import.meta.url).pathname;
const wanted = process.argv[2] ?? '';

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-mutants-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  for (const file of files.split('\0').filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** The name of a test that failed, where any did. A run that breaks off before its tests has noticed nothing. */
function runTests(copy: string, tests: readonly string[]): { readonly passed: boolean; readonly failed: string | undefined } {
  const run = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', ...tests], {
    cwd: copy,
    encoding: 'utf8',
  });
  const failed = /^\s*FAIL\s+(\S+\.test\.ts > .*)$/m.exec(stripVTControlCharacters(`${run.stdout}\n${run.stderr}`))?.[1];
  return { passed: run.status === 0, failed };
}

const copy = copyTree();
let noticed = 0;
let survived = 0;
try {
  const chosen = mutants.filter(({ name }) => name.includes(wanted));
  // Without this, tests that fail anyway would seem to notice everything.
  if (!runTests(copy, [...new Set(chosen.flatMap(({ tests }) => tests))]).passed)
    throw new Error('The tests fail on the code as it stands.');
  for (const mutant of chosen) {
    const before = readFileSync(join(copy, mutant.file), 'utf8');
    writeFileSync(join(copy, mutant.file), mutate(before, mutant));
    const { failed } = runTests(copy, mutant.tests);
    writeFileSync(join(copy, mutant.file), before);
    if (failed === undefined) survived += 1;
    else noticed += 1;
    console.log(failed === undefined ? `SURVIVED  without ${mutant.name}` : `noticed   without ${mutant.name}\n            by ${failed}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${noticed} noticed, ${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sluice, temporaryFolder } from './run-command.ts';

const page = await readFile('docs/cli.md', 'utf8');
const example = await readFile('rollouts/checkout.yaml', 'utf8');

/** What docs/cli.md shows below a command. */
function shown(command: string): string {
  const [, after = ''] = page.split(`\n$ ${command}\n`);
  return after.split('```')[0] ?? '';
}

describe('docs/cli.md', () => {
  it('shows the plan that is printed', async () => {
    expect(shown('sluice plan checkout')).toBe((await sluice(['plan', 'checkout'])).out);
  });

  it('shows the backtest that is printed', async () => {
    const command = 'backtest checkout --data examples/backtest/checkout.json';
    expect(shown(`sluice ${command}`)).toBe((await sluice(command.split(' '))).out);
  });

  it('describes every option of backtest', async () => {
    const { out } = await sluice(['backtest', '--help']);
    const [own = ''] = out.split('Global Options:');
    const options = [...own.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name ?? '');
    expect(options.length).toBeGreaterThan(5);
    expect(options.filter((name) => !new RegExp(`^\\| \`${name}( <\\w+>)?\` \\|`, 'm').test(page))).toEqual([]);
  });

  it('shows the problems that are printed', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'rollouts'));
    const wrong = example.replace('bake: 5m', 'bake: 5 minutes').replace('weight: 25', 'wieght: 25');
    await writeFile(join(cwd, 'rollouts', 'checkout.yaml'), wrong);
    expect(shown('sluice lint')).toBe((await sluice(['lint'], { cwd })).out);
  });

  it('describes every option that all commands take, and every exit code', async () => {
    const { out } = await sluice(['--help']);
    const options = [...out.matchAll(/^ {2}(?:-h, )?(--\w[\w-]*)/gm)].map(([, name]) => name ?? '').filter((name) => name !== '--version');
    expect(options.length).toBeGreaterThan(8);
    expect(options.filter((name) => !new RegExp(`^\\| .*\`${name}( <\\w+>)?\` \\|`, 'm').test(page))).toEqual([]);
    const codes = [...out.matchAll(/^ {2}(\d+) {2}/gm)].map(([, code]) => code ?? '');
    expect(codes.filter((code) => !page.includes(`\n| ${code} | `))).toEqual([]);
  });
});

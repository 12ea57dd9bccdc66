import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseSpec } from '../../core/spec/parse-spec.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules', 'dist'] });
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Blocks between fences are printed by commands, or typed: what looks like a link there is none. */
const prose = (page: string) => read(page).replaceAll(/^```.*?^```/gms, '');
const found = (page: string, pattern: RegExp) => [...prose(page).matchAll(pattern)].map(([, target]) => target ?? '');

describe.each(pages)('%s', (page) => {
  it('links to files that exist', () => {
    const targets = found(page, /\]\(([^)\s#]+)(?:#[^)]*)?\)/g).filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !existsSync(resolve(root, dirname(page), target)))).toEqual([]);
  });

  it('names files and folders that exist', () => {
    const paths = found(
      page,
      /`((?:core|adapters|runtime|functions|state-machines|cli|sandbox|rollouts|test|scripts|docs|\.ci)\/[^`\s]*)`/g,
    );
    expect(paths.filter((path) => /^[\w./-]+$/.test(path) && !existsSync(join(root, path)))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const names = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('README.md', () => {
  it('shows a spec that holds', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(read('README.md')) ?? [];
    const { name } = parse(example) as { name: string };
    expect(parseSpec(example, `rollouts/${name}.yaml`)).toMatchObject({ ok: true });
  });
});

describe('the example of a spec', () => {
  it('names the JSON Schema by a path that an editor finds from its folder', () => {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(read('rollouts/checkout.yaml')) ?? [];
    expect(JSON.parse(read(join('rollouts', schema)))).toHaveProperty('$schema');
  });
});

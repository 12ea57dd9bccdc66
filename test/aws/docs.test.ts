import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const page = readFileSync(new URL('../../docs/test-aws.md', import.meta.url), 'utf8');

describe('docs/test-aws.md', () => {
  it('lists every right that the test asks AWS with', () => {
    const folder = new URL('./account/', import.meta.url);
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const rights = sources.flatMap((name) => [
      ...readFileSync(new URL(name, folder), 'utf8').matchAll(/'((?:eks|ecr|cloudwatch|ssm|dynamodb|states|logs):[A-Z]\w+)'/g),
    ]);
    expect(rights.length).toBeGreaterThan(12);
    for (const [, right] of rights) expect(page).toContain(`\`${right}\``);
  });

  it('names every option', () => {
    let help = '';
    const write = {
      out: (text: string) => {
        help += text;
      },
      err: () => undefined,
    };
    expect(() => parseOptions(['--help'], write)).toThrow();
    for (const [option] of help.matchAll(/--[a-z-]+(?= )/g)) if (option !== '--help') expect(page).toContain(option);
  });

  it('says plainly that nobody has run it on AWS', () => {
    expect(page).toContain('never been run on AWS by its makers');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('plugin/sluice_localstack/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const applied = [...read('patches.py').matchAll(/"([a-z_]+)"/g)].map(([, name]) => `${name}.py`);
const patches = readdirSync(folder).filter((file) => file.endsWith('.py') && /^def apply\(\) -> None:/m.test(read(file)));

it('applies each of its patches once', () => {
  expect(applied.toSorted()).toEqual(patches.toSorted());
});

it.each(patches)('%s begins with what LocalStack does without it', (file) => {
  expect(read(file)).toMatch(/^"""\s*[^"]*LocalStack/);
});

it('names a version of every package, exactly', () => {
  const pins = readFileSync(new URL('constraints.txt', import.meta.url), 'utf8').split('\n');
  const packages = pins.filter((line) => line !== '' && !line.startsWith('#'));
  expect(packages.length).toBeGreaterThan(100);
  for (const pin of packages) expect(pin).toMatch(/^[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*$/);
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutants } from './mutants.ts';
import { mutate } from './mutate.ts';

const root = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

describe('a mutant', () => {
  it.each(mutants)('takes out something that is there: without $name', (mutant) => {
    const before = read(mutant.file);
    expect(mutate(before, mutant)).not.toBe(before);
    for (const test of mutant.tests) expect(existsSync(new URL(test, root)), test).toBe(true);
  });

  it('is refused where the code has changed under it', () => {
    const mutant = { name: 'anything', file: 'core/errors.ts', find: 'a text that is not there', replace: '', tests: [] };
    expect(() => mutate(read(mutant.file), mutant)).toThrow('core/errors.ts does not hold exactly one of: a text that is not there');
  });
});

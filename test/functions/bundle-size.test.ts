import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleTarget } from '../../runtime/bundle-options.ts';
import { bundleFunctions } from '../../scripts/bundle-functions.ts';
import { readFunctionFiles } from '../../state-machines/lint/read.ts';

const folder = fileURLToPath(new URL('../../dist/functions', import.meta.url));
const bundles = await bundleFunctions({ folder, write: false });

describe('the bundles of the functions', () => {
  it('are one for each function', () => {
    expect(bundles.map(({ name }) => name)).toEqual(
      readFunctionFiles()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it.each(bundles)('$name is within its target', ({ name, kilobytes, parts }) => {
    const heaviest = parts.slice(0, 6).map((part) => `${part.of} ${part.kilobytes.toFixed(0)}`);
    expect(kilobytes, `its heaviest parts in KB: ${heaviest.join(', ')}`).toBeLessThanOrEqual(bundleTarget(name).kilobytes);
  });

  it.each(bundles)('$name gives Lambda its handler', ({ exports }) => {
    expect(exports).toContain('handler');
  });
});

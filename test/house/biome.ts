import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';

const root = fileURLToPath(new URL('../../', import.meta.url));
const report = z.object({
  diagnostics: z.array(z.object({ message: z.string(), category: z.string(), location: z.object({ path: z.string() }) })),
});

export interface Refusal {
  readonly rule: string;
  readonly message: string;
}

/** Lints files that do not exist in the house with the house's rules, all in one run, and returns what is refused in each. */
export async function lint(files: ReadonlyMap<string, string>): Promise<(path: string) => Refusal[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lint-'));
  try {
    for (const name of ['biome.json', 'biome']) await cp(join(root, name), join(folder, name), { recursive: true });
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { diagnostics } = report.parse(JSON.parse(await run(folder)));
    return (path) =>
      diagnostics.filter(({ location }) => location.path === path).map(({ category, message }) => ({ rule: category, message }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Biome ends with 1 where it refuses anything, which is what is asked for here. */
function run(cwd: string): Promise<string> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const options = ['lint', '--vcs-enabled=false', '--diagnostic-level=error', '--max-diagnostics=none', '--reporter=json', '.'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [biome, ...options], { cwd, maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
      if (stdout === '') reject(error ?? new Error('Biome said nothing.'));
      else resolve(stdout);
    });
  });
}

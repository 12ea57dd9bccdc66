import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';

export const sandboxAddress = z.strictObject({ port: z.int(), token: z.string().check(z.minLength(32)), kubernetesUrl: z.string() });
export type SandboxAddress = z.infer<typeof sandboxAddress>;

/** Where a sandbox says how to talk to it: the person's runtime directory, or the system's for temporary files. */
export function stateFilePath(environment: Readonly<Record<string, string | undefined>>): string {
  const runtimeDirectory = environment['XDG_RUNTIME_DIR'];
  if (runtimeDirectory) return join(runtimeDirectory, 'sluice-sandbox.json');
  return join(tmpdir(), `sluice-sandbox-${userInfo().uid}.json`);
}

/** Readable by its owner only, and never half-written: it is written beside its place and moved there. */
export async function writeStateFile(path: string, address: SandboxAddress): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(address));
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/**
 * What the file says; undefined where there is none, or none to be trusted. The directory for temporary files is open to all users of
 * a machine, so a file that another one owns, or that others can write, is passed over.
 */
export async function readStateFile(path: string): Promise<SandboxAddress | undefined> {
  try {
    const found = await lstat(path);
    const { uid } = userInfo();
    const trusted = found.isFile() && (uid < 0 || (found.uid === uid && (found.mode & 0o077) === 0));
    if (!trusted) return undefined;
    return sandboxAddress.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Removes the file, unless another sandbox has taken its place. */
export async function removeStateFile(path: string, token: string): Promise<void> {
  if ((await readStateFile(path))?.token === token) await rm(path, { force: true });
}

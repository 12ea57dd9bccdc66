import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: unknown) => unknown;

/** What the first call is answered with where the code did not load: Lambda tells of it then, under the error's own name. */
export type LoadedHandler = { readonly handler: Handler } | { readonly initError: unknown };

/** @param name As in the function's configuration: `index.handler` is the export `handler` of index.mjs, index.cjs or index.js. */
export async function loadHandler(root: string, name: string): Promise<LoadedHandler> {
  const dot = name.lastIndexOf('.');
  const [file, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  try {
    const path = ['.mjs', '.cjs', '.js'].map((ending) => join(root, `${file}${ending}`)).find(existsSync);
    if (path === undefined) throw named('Runtime.ImportModuleError', `Cannot find module '${file}' in ${root}`);
    const module: Record<string, unknown> = await import(pathToFileURL(path).href);
    const handler = module[exported] ?? (module['default'] as Record<string, unknown> | undefined)?.[exported];
    if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
    return { handler: handler as Handler };
  } catch (initError) {
    return { initError };
  }
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

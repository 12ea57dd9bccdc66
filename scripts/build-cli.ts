import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * Builds `dist/sluice.js`. What only some commands need (the sandbox, the AWS clients) stands in dist/chunks/ and is loaded on use;
 * from there, as from the sandbox's own folder, the state machines are two folders up.
 */
await rm('dist/chunks', { recursive: true, force: true });
await build({
  entryPoints: { sluice: 'cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});
await chmod('dist/sluice.js', 0o755);

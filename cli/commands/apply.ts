import type { Applied } from '../connection/connection.ts';
import { exitCodes } from '../output/exit-code.ts';
import type { Run } from './command.ts';
import { parseOrThrow, readSpecFiles } from './spec-files.ts';

/** Stores specs as their newest versions. All are checked before the first is sent, so that one that is bad stops them all. */
export function apply(files: readonly string[]): Run {
  return async (context) => {
    const specs = await readSpecFiles(context.io.cwd, files);
    for (const spec of specs) parseOrThrow(spec);
    const connection = await context.connect();
    const applied: Applied[] = [];
    for (const spec of specs) applied.push(await connection.apply(spec));
    const lines = applied.map(
      ({ rollout, specVersion, changed }) => `${rollout}: ${changed ? `version ${specVersion}` : `unchanged, version ${specVersion}`}`,
    );
    context.print({ applied }, lines.join('\n'));
    return exitCodes.fine;
  };
}

import { AwsUnavailableError } from '../../../../core/errors.ts';
import type { Environment } from '../../../localstack/engine/environment.ts';
import { run } from '../../../localstack/engine/run.ts';

export interface StepOptions {
  readonly cwd?: string;
  readonly environment?: Environment;
  readonly onLine?: (line: string) => void;
}

/**
 * Runs one program of the build to its end.
 *
 * @returns What it wrote.
 * @throws AwsUnavailableError where it did not end well; with what it said last.
 */
export async function step(command: string, args: readonly string[], options: StepOptions = {}): Promise<string> {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const said = output.split('\n').slice(-12).join('\n');
  throw new AwsUnavailableError(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}.`, { remedy: `It said:\n${said}` });
}

import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../localstack/engine/environment.ts';
import { type GoGoal, goBuildArguments, goEnvironment } from './goals.ts';
import { step } from './step.ts';

const goFolder = new URL('../go/', import.meta.url).pathname;

export interface GoBuildOptions {
  readonly bin: string;
  readonly environment: Environment;
  readonly report: (line: string) => void;
}

/** Builds one program. It has its name only when it is whole. */
export async function buildByGo(goal: GoGoal, { bin, environment, report }: GoBuildOptions): Promise<void> {
  const unfinished = join(bin, `${goal.program}.unfinished`);
  let downloads = 0;
  await step('go', goBuildArguments(goal, unfinished), {
    cwd: join(goFolder, goal.module),
    environment: { ...environment, ...goEnvironment },
    onLine: (line) => {
      if (!line.startsWith('go: downloading')) return;
      downloads += 1;
      if (downloads % 100 === 0) report(`${goal.program}: ${downloads} modules downloaded.`);
    },
  });
  await rename(unfinished, join(bin, goal.program));
}

/** Where the module proxy's client put a module that `go.mod` pins. */
export async function folderOfModule(module: GoGoal['module'], path: string, environment: Environment): Promise<string> {
  const args = ['list', '-m', '-f', '{{.Dir}}', path];
  const output = await step('go', args, { cwd: join(goFolder, module), environment: { ...environment, ...goEnvironment } });
  return output.trim().split('\n').at(-1) ?? '';
}

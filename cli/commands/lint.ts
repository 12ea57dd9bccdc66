import { formatProblem } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { exitCodes } from '../output/exit-code.ts';
import type { CommandContext, Run } from './command.ts';
import { readSpecFiles } from './spec-files.ts';

/** Reads specs and prints every problem. Asks nobody: whether alarms and workloads exist is seen at the start of a rollout. */
export function lint(files: readonly string[]): Run {
  return async (context) => {
    const specs = await readSpecFiles(context.io.cwd, files);
    const results = specs.map(({ file, text }) => ({ file, parsed: parseSpec(text, file) }));
    const problems = results.flatMap(({ parsed }) => (parsed.ok ? [] : parsed.problems));
    const checked = results.length === 1 ? '1 file' : `${results.length} files`;
    const text =
      problems.length === 0
        ? `${checked}, no problem.`
        : `${problems.map((problem) => formatProblem(problem, { colour: isColoured(context) })).join('\n')}\n\n${count(problems.length)} in ${checked}.`;
    context.print({ files: results.map(({ file, parsed }) => ({ file, ok: parsed.ok })), problems }, text);
    return problems.length === 0 ? exitCodes.fine : exitCodes.failed;
  };
}

function isColoured({ paint }: CommandContext): boolean {
  return paint('bold', '') !== '';
}

function count(problems: number): string {
  return problems === 1 ? '1 problem' : `${problems} problems`;
}

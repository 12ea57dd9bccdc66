import { InvalidInputError } from '../../core/errors.ts';
import { formatProblem } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { exitCodes } from '../output/exit-code.ts';
import { formatInspection } from '../output/format-inspection.ts';
import type { CommandContext, Run } from './command.ts';
import { type ClusterOptions, inspectInCluster } from './lint-cluster.ts';
import { readSpecFiles } from './spec-files.ts';

export interface LintOptions extends ClusterOptions {
  readonly cluster?: boolean;
  /** Warnings fail too. */
  readonly strict?: boolean;
}

/**
 * Reads specs and prints every problem. It asks nobody, unless `--cluster` says to look into the cluster as well, once the files are good: at
 * what the preflight of a rollout looks at. Alarms and alerts are seen at the start of a rollout only.
 *
 * @throws InvalidInputError, NotFoundError, ClusterForbiddenError, ClusterUnavailableError
 */
export function lint(files: readonly string[], options: LintOptions = {}): Run {
  return async (context) => {
    refuseStrayOptions(options);
    const specs = await readSpecFiles(context.io.cwd, files);
    const results = specs.map(({ file, text }) => ({ file, parsed: parseSpec(text, file) }));
    const problems = results.flatMap(({ parsed }) => (parsed.ok ? [] : parsed.problems));
    const checked = results.length === 1 ? '1 file' : `${results.length} files`;
    const answer = { files: results.map(({ file, parsed }) => ({ file, ok: parsed.ok })), problems };
    if (problems.length > 0) {
      const lines = problems.map((problem) => formatProblem(problem, { colour: isColoured(context) }));
      context.print(answer, `${lines.join('\n')}\n\n${count(problems.length)} in ${checked}.`);
      return exitCodes.failed;
    }
    if (options.cluster !== true) {
      context.print(answer, `${checked}, no problem.`);
      return exitCodes.fine;
    }
    const good = results.flatMap(({ file, parsed }) => (parsed.ok ? [{ file, spec: parsed.spec }] : []));
    const cluster = await inspectInCluster(context.io, good, options);
    context.print({ ...answer, cluster }, `${checked}, no problem.\n\n${formatInspection(cluster, context.paint)}`);
    const grave = options.strict === true ? ['refusal', 'warning'] : ['refusal'];
    const failed = cluster.rollouts.some(({ findings }) => findings.some(({ severity }) => grave.includes(severity)));
    return failed ? exitCodes.failed : exitCodes.fine;
  };
}

/** @throws InvalidInputError for options that would have no effect. */
function refuseStrayOptions({ cluster, ...others }: LintOptions): void {
  const [stray] = Object.keys(others);
  if (cluster === true || stray === undefined) return;
  throw new InvalidInputError(`--${stray} is about the cluster, which is not looked at.`, { remedy: 'Add --cluster.' });
}

function isColoured({ paint }: CommandContext): boolean {
  return paint('bold', '') !== '';
}

function count(problems: number): string {
  return problems === 1 ? '1 problem' : `${problems} problems`;
}

import { InvalidInputError } from '../../core/errors.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { formatProblem } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { exitCodes } from '../output/exit-code.ts';
import { formatInspection } from '../output/format-inspection.ts';
import { formatManifests } from '../output/format-manifests.ts';
import type { CommandContext, Run } from './command.ts';
import { inspectInCloudWatch } from './lint-cloudwatch.ts';
import { type ClusterOptions, inspectInCluster } from './lint-cluster.ts';
import { inspectManifests, isManifest } from './lint-manifests.ts';
import { readManifestFiles } from './manifest-files.ts';
import { readSpecFiles } from './spec-files.ts';

export interface LintOptions extends ClusterOptions {
  /** Files and folders of Kubernetes manifests. */
  readonly manifests?: readonly string[];
  readonly cluster?: boolean;
  readonly cloudwatch?: boolean;
  /** Warnings fail too. */
  readonly strict?: boolean;
}

/**
 * Reads specs and prints every problem, and of the manifests beside them, where `--manifests` names some, what the cluster would drop. It asks
 * nobody, unless `--cluster` or `--cloudwatch` say to look there as well, once the files are good: at what the preflight of a rollout looks at, and at
 * what its metrics answer. Alarms and alerts are seen at the start of a rollout only.
 *
 * @param region Of CloudWatch; that of the environment where left out.
 *
 * @throws InvalidInputError, NotFoundError, ClusterForbiddenError, ClusterUnavailableError
 */
export function lint(files: readonly string[], options: LintOptions = {}, region?: string): Run {
  return async (context) => {
    refuseStrayOptions(options);
    const { io, paint } = context;
    const specs = await readSpecFiles(io.cwd, files);
    const results = specs.map(({ file, text }) => ({ file, text, parsed: parseSpec(text, file) }));
    const problems = results.flatMap(({ parsed }) => (parsed.ok ? [] : parsed.problems));
    refuseManifests(results.filter(({ parsed }) => !parsed.ok));
    const good = results.flatMap(({ file, parsed }) => (parsed.ok ? [{ file, spec: parsed.spec }] : []));
    const manifests = options.manifests && inspectManifests(await readManifestFiles(io.cwd, options.manifests), namespaceOf(good));
    const cluster = options.cluster === true && problems.length === 0 ? await inspectInCluster(io, good, options) : undefined;
    const cloudWatch = options.cloudwatch === true && problems.length === 0 ? await inspectInCloudWatch(io, good, region) : undefined;

    const checked = results.length === 1 ? '1 file' : `${results.length} files`;
    const lines = problems.map((problem) => formatProblem(problem, { colour: isColoured(context) }));
    const sections = [
      problems.length > 0 ? `${lines.join('\n')}\n\n${count(problems.length)} in ${checked}.` : `${checked}, no problem.`,
      ...(manifests === undefined ? [] : [formatManifests(manifests, paint)]),
      ...(cluster === undefined ? [] : [formatInspection(cluster, paint)]),
      ...(cloudWatch === undefined ? [] : [formatInspection({ context: 'CloudWatch', server: cloudWatch.region, ...cloudWatch }, paint)]),
    ];
    const answer = { files: results.map(({ file, parsed }) => ({ file, ok: parsed.ok })), problems };
    context.print(
      {
        ...answer,
        ...(manifests === undefined ? {} : { manifests }),
        ...(cluster === undefined ? {} : { cluster }),
        ...(cloudWatch === undefined ? {} : { cloudWatch }),
      },
      sections.join('\n\n'),
    );
    const inspected = [...(cluster?.rollouts ?? []), ...(cloudWatch?.rollouts ?? [])];
    const findings = [...(manifests?.findings ?? []), ...inspected.flatMap((each) => each.findings)];
    return problems.length > 0 || hasGrave(findings, options) ? exitCodes.failed : exitCodes.fine;
  };
}

function hasGrave(findings: readonly Finding[], { strict }: LintOptions): boolean {
  return findings.some(({ severity }) => severity === 'refusal' || (strict === true && severity === 'warning'));
}

/** Where `kubectl apply -n` brings objects that name no namespace, as far as the specs tell. */
function namespaceOf(specs: readonly { readonly spec: RolloutSpec }[]): string {
  const [namespace = 'default', ...others] = new Set(specs.map(({ spec }) => spec.namespace));
  return others.length === 0 ? namespace : 'default';
}

/** @throws InvalidInputError for a file of Kubernetes objects that was given as a spec: a list of what is wrong with it as one helps nobody. */
function refuseManifests(specs: readonly { readonly file: string; readonly text: string }[]): void {
  const manifests = specs.filter(({ text }) => isManifest(text)).map(({ file }) => file);
  if (manifests.length === 0) return;
  throw new InvalidInputError(
    `${manifests.join(', ')} ${manifests.length === 1 ? 'holds' : 'hold'} Kubernetes objects, and no rollout spec.`,
    {
      remedy: `Give them beside the specs: ${manifests.map((file) => `--manifests ${file}`).join(' ')}`,
    },
  );
}

/** @throws InvalidInputError for options that would have no effect. */
function refuseStrayOptions({ cluster, cloudwatch, manifests, strict, ...others }: LintOptions): void {
  if (cluster === true) return;
  const [stray] = Object.keys(others);
  if (stray !== undefined) {
    throw new InvalidInputError(`--${stray} is about the cluster, which is not looked at.`, { remedy: 'Add --cluster.' });
  }
  if (strict === undefined || manifests !== undefined || cloudwatch === true) return;
  throw new InvalidInputError('--strict is about warnings, and specs alone have none.', {
    remedy: 'Add --cluster, --cloudwatch or --manifests.',
  });
}

function isColoured({ paint }: CommandContext): boolean {
  return paint('bold', '') !== '';
}

function count(problems: number): string {
  return problems === 1 ? '1 problem' : `${problems} problems`;
}

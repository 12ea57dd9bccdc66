import { Command, InvalidArgumentError } from 'commander';
import { parsePercentage } from '../core/spec/percentage.ts';
import manifest from '../package.json' with { type: 'json' };
import type { BacktestOptions } from './backtest/source.ts';
import { abort } from './commands/abort.ts';
import { abortDirect } from './commands/abort-direct.ts';
import { apply } from './commands/apply.ts';
import { backtest } from './commands/backtest.ts';
import type { Run } from './commands/command.ts';
import { type LintOptions, lint } from './commands/lint.ts';
import { operate } from './commands/operate.ts';
import { type PlanOptions, plan } from './commands/plan.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { watch } from './commands/watch.ts';
import { exitCodeHelp } from './output/exit-code.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly sandbox?: boolean;
  readonly speed: number;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly prefix: string;
  readonly region?: string;
}

interface DirectFlags {
  readonly direct?: boolean;
  readonly why?: string;
  readonly file?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The command line: what it takes, and which command each form of it means. `choose` is told what is to be run. */
export function createProgram(choose: (run: Run, options: GlobalOptions) => void): Command {
  const program = new Command('sluice')
    .description('Progressive delivery for Amazon EKS: raises a new version step by step, and takes it back when an alarm says so.')
    .version(manifest.version, '--version')
    .option('--sandbox', 'talk to a sandbox on this machine; starts one where none runs')
    .option('--speed <times>', 'how fast the clock of a new sandbox goes, at most', readSpeed, 30)
    .option('--once', 'end a new sandbox with the command, instead of keeping it up')
    .option('--json', 'print one JSON document (watch: one a line)')
    .option('--region <region>', 'the AWS region of the controller (default: AWS_REGION)')
    .option('--prefix <prefix>', 'what the names of the deployment begin with', 'sluice')
    .option('--verbose', 'show what caused an error')
    .option('--no-color', 'no colours, on a terminal too')
    .helpOption('-h, --help', 'show this')
    .configureHelp({ showGlobalOptions: true })
    .helpCommand('help [command]', 'show this, or the help of a command')
    .showHelpAfterError('See `sluice --help`.')
    .addHelpText('after', exitCodeHelp);
  const chosen = (run: Run) => choose(run, program.opts<GlobalOptions>());

  program
    .command('lint [files...]')
    .description('find what is wrong with specs (default: rollouts/*.yaml)')
    .option('--manifests <path>', 'read Kubernetes manifests too: a file or a folder; may be repeated', collect)
    .option('--cluster', 'look into the cluster too: routes, workload, policies, quotas, owners in Git, metrics')
    .option('--cloudwatch', 'ask CloudWatch too whether it knows the metrics; with your credentials for AWS')
    .option('--strict', 'with --manifests, --cluster or --cloudwatch: warnings fail too')
    .option('--kubeconfig <file>', 'with --cluster (default: KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'with --cluster: the context of the kubeconfig')
    .option('--prometheus <url>', 'with --cluster: where the Prometheus of the specs answers from here')
    .action((files: string[], options: LintOptions) => chosen(lint(files, options, program.opts<GlobalOptions>().region)));
  program
    .command('plan <file|name>')
    .description('show what a rollout by a spec will do')
    .option('--requests-per-second <count>', 'the traffic of the service: tells what each step may cost at worst', readCount)
    .option('--bad-share <percentage>', 'with it: the share of bad answers that the service has today (default: 0.1%)', readShare)
    .action((fileOrName: string, options: PlanOptions) => chosen(plan(fileOrName, options)));
  program
    .command('backtest <file|name>')
    .description('replay what was recorded of a service: what a rollout by this spec would have done')
    .option('--data <recording>', 'the recording, a file')
    .option('--prometheus <url>', 'record now, from this Prometheus; needs --from and --to')
    .option('--cloudwatch', 'record now, from CloudWatch, with your own AWS credentials; needs --from and --to')
    .option('--from <time>', 'when the replayed rollout begins, such as 2026-11-20T10:00Z')
    .option('--to <time>', 'when the recording ends')
    .option('--save <file>', 'with --prometheus or --cloudwatch: keep the recording')
    .option('--svg <file>', 'draw what happened')
    .option('--print-queries', 'print what a recording is made of, to make one with curl and the AWS command line')
    .action((fileOrName: string, options: BacktestOptions) => chosen(backtest(fileOrName, options, program.opts<GlobalOptions>().region)));
  program
    .command('apply [files...]')
    .description('store specs as their newest versions (default: rollouts/*.yaml)')
    .action((files: string[]) => chosen(apply(files)));
  program
    .command('start <rollout> <image>')
    .description('start a rollout of an image: a tag, a digest, or a full reference')
    .option('--force', 'start an image that is quarantined because it failed before; needs --why')
    .option('--why <reason>', 'why it is forced; recorded')
    .option('--wait', 'follow the rollout to its end')
    .option('--bad', 'in the sandbox: an image that answers 3 of 10 requests with an error')
    .action((rollout: string, image: string, options: Parameters<typeof start>[2]) => chosen(start(rollout, image, options)));
  program
    .command('status [rollout]')
    .description('show what runs, what ran, and what is quarantined')
    .action((rollout: string | undefined) => chosen(status(rollout)));
  program
    .command('watch <rollout>')
    .description('follow a rollout to its end, one line per change')
    .action((rollout: string) => chosen(watch(rollout)));
  program
    .command('abort <rollout>')
    .description('put all traffic back on stable')
    .option('--why <reason>', 'recorded, and told with the notification')
    .option('--direct', 'without the controller, by a kubeconfig alone')
    .option('--file <spec>', 'with --direct: the spec (default: rollouts/<rollout>.yaml)')
    .option('--kubeconfig <file>', 'with --direct (default: KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'with --direct: the context of the kubeconfig')
    .action((rollout: string, { direct, why, ...options }: DirectFlags) =>
      chosen(direct === true ? abortDirect(rollout, options) : abort(rollout, why)),
    );
  for (const [action, description] of [
    ['pause', 'hold the rollout at its weight; it is still judged'],
    ['resume', 'let a paused rollout go on'],
    ['promote', 'go on to the last step as soon as the verdict is pass'],
  ] as const) {
    program
      .command(`${action} <rollout>`)
      .description(description)
      .option('--why <reason>', 'recorded')
      .action((rollout: string, { why }: { why?: string }) => chosen(operate(action, rollout, why)));
  }
  for (const command of program.commands) command.showHelpAfterError(`See \`sluice ${command.name()} --help\`.`);
  return program;
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (speed >= 1 && speed <= 100) return speed;
  throw new InvalidArgumentError('It is a number from 1 to 100.');
}

function readCount(text: string): number {
  const count = Number(text);
  if (count > 0 && count <= 1e9) return count;
  throw new InvalidArgumentError('It is a number above 0.');
}

function readShare(text: string): number {
  const share = parsePercentage(text.endsWith('%') ? text : `${text}%`);
  if (share >= 0 && share < 1) return share;
  throw new InvalidArgumentError('It is a percentage below 100%, such as 0.1%.');
}

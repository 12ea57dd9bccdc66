import { Command, InvalidArgumentError } from 'commander';

/** What the owner of the account asked for. */
export interface AwsTestOptions {
  readonly cluster: string;
  /** An ECR repository of this account and region, without its registry: `shop/checkout`. */
  readonly repository: string;
  readonly stableTag: string;
  readonly canaryTag: string;
  /** What every name begins with that is made; an id of this run stands behind it. */
  readonly namespacePrefix: string;
  /** AWS_REGION where left out. */
  readonly region?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** On which the images listen: a pod is ready when something answers there. */
  readonly port: number;
  readonly keep: boolean;
  readonly json: boolean;
  readonly yes: boolean;
}

const aboutIt = `
It makes a namespace with a service of the stable image, an alarm, and a copy of Sluice under a prefix of its own; plays
a push, a rollback and a sweep; and removes all of it. It says first what that is and what it costs, and asks.
Ctrl-C ends the story and removes what was made; a second Ctrl-C ends at once and says what is left.

Exit codes:
  0    all passed, and nothing is left
  1    a story failed, or something could not be removed
  2    wrong usage
  3    the preflight found something that is missing; nothing was made
  130  interrupted

See docs/test-aws.md.`;

/** The command line of `npm run test:aws`. `write` is given the help and what is wrong. @throws CommanderError */
export function parseOptions(argv: readonly string[], write: { out(text: string): void; err(text: string): void }): AwsTestOptions {
  const program = new Command('npm run test:aws --')
    .description('Tries Sluice out in your AWS account, against a cluster of yours, and removes what it made.')
    .requiredOption('--cluster <name>', 'an EKS cluster with Istio')
    .requiredOption('--repository <name>', 'an ECR repository of this account and region', readRepository)
    .requiredOption('--stable-tag <tag>', 'a tag in it: the image that runs first')
    .requiredOption('--canary-tag <tag>', 'another, with another digest: the image that is pushed')
    .option('--namespace-prefix <prefix>', 'what the names of all that is made begin with', readPrefix, 'sluice-test')
    .option('--region <region>', 'the region of the cluster (default: AWS_REGION)')
    .option('--kubeconfig <file>', 'default: KUBECONFIG, or ~/.kube/config')
    .option('--context <name>', "the kubeconfig's context for the cluster (default: the current one)")
    .option('--port <number>', 'on which the images listen', readPort, 8080)
    .option('--keep', 'remove nothing in the end, and say how it is done by hand', false)
    .option('--json', 'print one JSON document; progress goes to standard error', false)
    .option('--yes', 'do not ask', false)
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', aboutIt)
    .showHelpAfterError('See `npm run test:aws -- --help`.')
    .configureOutput({ writeOut: write.out, writeErr: write.err })
    .exitOverride();
  program.parse([...argv], { from: 'user' });
  return program.opts<AwsTestOptions>();
}

function readRepository(text: string): string {
  if (/^[a-z0-9][a-z0-9._/-]*$/.test(text) && !/\.dkr[.-]/.test(text)) return text;
  throw new InvalidArgumentError('It is a name without registry and tag, such as shop/checkout.');
}

/** Room for the id of the run within the 40 characters that a deployment's prefix may have. */
function readPrefix(text: string): string {
  if (/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('It has at most 30 lower-case letters, digits and hyphens, a letter first.');
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('It is a number from 1 to 65535.');
}

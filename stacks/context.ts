import * as z from 'zod/mini';
import { InvalidInputError } from '../core/errors.ts';
import { didYouMean } from '../core/spec/typo-hint.ts';
import { observabilityLevels } from './observability.ts';

/** What CloudWatch Logs keeps logs for: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

/** `npx cdk deploy -c clusters=a,b` gives text; cdk.json gives a list. */
const words = z.pipe(
  z.union([z.array(z.string()), z.string()], { error: 'a list of names, or names with commas between them' }),
  z.transform((given) => (Array.isArray(given) ? given : given.split(',')).map((word) => word.trim()).filter((word) => word !== '')),
);

const list = (pattern: RegExp, error: string) => z.pipe(words, z.array(z.string().check(z.regex(pattern, { error }))));

const wholeNumber = 'a whole number from 0 on';
const concurrency = z.coerce.number({ error: wholeNumber }).check(z.int({ error: wholeNumber }), z.gte(0, { error: wholeNumber }));

const logDays = `one of ${retentionDays.join(', ')}`;
const keptDays = 'whole days from 60 to 3653, or 0 for ever';

const flag = z.pipe(
  z.union([z.boolean(), z.enum(['true', 'false'])], { error: 'true or false' }),
  z.transform((given) => given === true || given === 'true'),
);

const vpc = z.pipe(
  z.union([z.pipe(z.string(), z.transform(readJson)), z.record(z.string(), z.unknown())]),
  z.strictObject({
    vpcId: z.string().check(z.regex(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, { error: "a VPC's id: vpc-0a1b2c3d4e5f60718" })),
    subnetIds: list(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/, "a subnet's id: subnet-0a1b2c3d4e5f60718"),
    securityGroupIds: list(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/, "a security group's id: sg-0a1b2c3d4e5f60718"),
  }),
);

const shape = {
  /** The stack's id, and the beginning of every name in it: 40 characters leave room for the longest name of a rule, 64; a table's has 3 or more. */
  prefix: z._default(
    z.string().check(
      z.regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/, { error: '3 to 40 lower-case letters, digits and hyphens: sluice' }),
      z.refine((prefix) => prefix !== 'default', { error: "another word than default, which is the name of the account's own event bus" }),
    ),
    'sluice',
  ),
  /** With both, the template is for that account and region alone; without, for those that `cdk deploy` finds. */
  account: z.optional(z.coerce.string().check(z.regex(/^\d{12}$/, { error: 'an account number of 12 digits, in quotes' }))),
  region: z.optional(z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'a region: eu-west-1' }))),
  /** Only for clusters whose API is private. The subnets need a way to AWS's own APIs: a NAT gateway, or VPC endpoints. */
  vpc: z.optional(vpc),
  logRetentionDays: z._default(z.coerce.number({ error: logDays }).check(z.refine(isRetention, { error: logDays })), 30),
  /** How long the store keeps history: lines, ended rollouts, pushes that were dealt with. 0 for ever. A rollout and its redrives need 45. */
  retentionDays: z._default(
    z.coerce
      .number({ error: keptDays })
      .check(z.refine((days) => days === 0 || (Number.isInteger(days) && days >= 60 && days <= 3_653), { error: keptDays })),
    90,
  ),
  /** A key of yours instead of AWS's own. docs/decisions/0011-one-stack.md says what its policy must allow. */
  kmsKeyArn: z.optional(
    z.string().check(
      z.regex(/^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, {
        error: "a key's ARN: arn:aws:kms:eu-west-1:111122223333:key/…",
      }),
    ),
  ),
  /** EKS clusters that Sluice may look up, beside those that the specs name. */
  clusters: z._default(list(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, "an EKS cluster's name"), []),
  /** Whether the functions' roles get access entries there. Not for clusters that know only the ConfigMap aws-auth. */
  accessEntries: z._default(flag, true),
  /** Namespaces that Sluice may work in, in each cluster, beside those that the specs name: for the manifests beside the template. */
  namespaces: z._default(list(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a namespace's name"), []),
  /** ECR repositories of this account and region that Sluice may read, beside those that the specs name. `*` stands for any text. */
  repositories: z._default(list(/^[a-z0-9*][a-z0-9*._/-]*$/, "a repository's name, where * stands for any text: shop/*"), []),
  /** Workspaces of Amazon Managed Prometheus that Sluice may query, beside those of this account that the specs name: for specs that are applied later. */
  workspaces: z._default(
    list(
      /^arn:[\w-]+:aps:[a-z0-9-]+:\d{12}:workspace\/[0-9A-Za-z][-.\w]{0,63}$/,
      "a workspace's ARN: arn:aws:aps:eu-west-1:111122223333:workspace/ws-…",
    ),
    [],
  ),
  /** Whether there is a URL that anyone who knows the secret may post alerts to. */
  webhook: z._default(flag, false),
  /** Calls at a time that are kept free for the abort door. New accounts may have too few in all to keep any: 0. */
  abortConcurrency: z.optional(concurrency),
  /** Rollouts at a time that may be beginning: these calls are kept free, and more wait. 0: as many as the account has room for. */
  beginConcurrency: z.optional(concurrency),
  /** How much watches Sluice itself; CloudWatch charges by the alarm and the dashboard. */
  observability: z._default(z.enum(observabilityLevels, { error: `one of ${observabilityLevels.join(', ')}` }), 'full'),
  /** Where you serve docs/runbook/alarms.md, for the links in alarms. */
  runbookUrl: z.optional(z.url({ error: 'a URL: https://…' })),
  rolloutsFolder: z._default(z.string().check(z.minLength(1)), 'rollouts'),
} as const;

const schema = z.strictObject(shape);

/** What can be set in cdk.json's `context`, or by `cdk deploy -c key=value`. */
export type SluiceContext = z.infer<typeof schema>;

/**
 * Reads the context. The CDK's own keys stand among Sluice's (`@aws-cdk/…`, `aws:cdk:…`, `cli-telemetry`); a key that is one plain word is
 * meant for Sluice, and refused where Sluice has none of that name.
 *
 * @throws InvalidInputError with a line for each value that does not hold.
 */
export function parseContext(all: Readonly<Record<string, unknown>>): SluiceContext {
  const given = Object.entries(all).filter(([key, value]) => /^\w+$/.test(key) && value !== undefined);
  const unknown = given.map(([key]) => key).filter((key) => !Object.hasOwn(shape, key));
  const parsed = schema.safeParse(Object.fromEntries(given.filter(([key]) => Object.hasOwn(shape, key))));
  const lines = [
    ...unknown.map((key) => `  ${key}: there is no such key; ${didYouMean(key, Object.keys(shape)) ?? 'take it out'}`),
    ...(parsed.error?.issues ?? []).map(
      (issue) => `  ${issue.path.join('.')}: found ${found(all, issue.path)}, expected ${expected(issue)}`,
    ),
  ];
  if (!parsed.success || lines.length > 0) {
    throw new InvalidInputError(`The context of the deployment does not hold:\n${lines.join('\n')}\n`, {
      remedy: `Mend it in cdk.json under "context", or where it is given by -c key=value. The keys are ${Object.keys(shape).join(', ')}.`,
    });
  }
  return parsed.data;
}

function isRetention(days: number): boolean {
  return retentionDays.some((known) => known === days);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function found(all: Readonly<Record<string, unknown>>, path: readonly PropertyKey[]): string {
  let value: unknown = all;
  for (const part of path) value = typeof value === 'string' ? readJson(value) : Object(value)[part];
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `no ${issue.keys.join(', ')}`;
  return issue.message;
}

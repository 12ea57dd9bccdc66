import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { connectAws } from '../../cli/connection/aws/connect-aws.ts';
import type { SignedFetch } from '../../cli/connection/aws/signed-request.ts';
import { createProgram } from '../../cli/program.ts';
import type { Connector } from '../../cli/run.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { matchesTag } from '../../core/spec/tag-match.ts';
import { applySpecFile } from '../../runtime/acts/apply-spec.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { sluice } from '../cli/run-command.ts';
import { recordOf } from '../core/rollout/rollout-for-tests.ts';
import { createFakeDynamoDb } from '../fakes/dynamodb.ts';

const read = (file: string) => readFileSync(new URL(`../../examples/github-actions/${file}`, import.meta.url), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: { readonly push: { readonly tags: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: { readonly rollout: { readonly steps: readonly Step[]; readonly 'timeout-minutes': number } };
}
interface Policy {
  readonly Statement: readonly { readonly Sid: string; readonly Action: string | readonly string[]; readonly Resource: string }[];
}

const workflow = parse(read('rollout.yml')) as Workflow;
const { steps } = workflow.jobs.rollout;
const policy = JSON.parse(read('rollout-policy.json')) as Policy;
const text = readFileSync(new URL('../../rollouts/checkout.yaml', import.meta.url), 'utf8');
const line = steps.flatMap(({ run = '' }) => (run.includes('sluice.js') ? [run] : []))[0] ?? '';
const argv = line.trim().split(/\s+/).slice(2);

/** The actions that the statements of these names allow, each with what it is allowed on. */
function allowed(isMeant: (sid: string) => boolean): string[] {
  const meant = policy.Statement.filter(({ Sid }) => isMeant(Sid));
  return meant.flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} on ${Resource}`)).toSorted();
}

const ofSluice = (sid: string) => sid === 'Start' || sid.startsWith('Follow');
const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/checkout-rollout/ada</Arn>' +
  '<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
const services: Readonly<Record<string, string>> = { DynamoDB_20120810: 'dynamodb', AWSStepFunctions: 'states' };

/** AWS, with a rollout that begins when its execution is started and has succeeded when the command asks for the second time. */
async function awsThatRollsOut() {
  const clock = new VirtualClock();
  const dynamoDb = createFakeDynamoDb();
  const store = createDynamoDbStore({ call: dynamoDb.call, tableName: 'sluice', clock });
  const rollouts = new Turns(store, clock);
  await applySpecFile({ store, clock }, { file: 'rollouts/checkout.yaml', text });
  const called: string[] = [];
  const answer = async (operation: string, input: Readonly<Record<string, string>>): Promise<object> => {
    if (operation === 'StartExecution') {
      const executionArn = `${input['stateMachineArn']?.replace(':stateMachine:', ':execution:')}:${input['name']}`;
      const begun = await rollouts.begin('checkout', { executionArn, eventId: undefined }, (id) => recordOf({ executionArn, ...id }));
      if (begun.outcome === 'begun') await rollouts.end(await rollouts.loadOwned(begun.record), { phase: 'succeeded' });
      return { executionArn, startDate: 0 };
    }
    return { status: 'RUNNING' };
  };
  const fetch: SignedFetch = async (address, { headers, body }) => {
    const reply = (content: unknown) => ({
      status: 200,
      headers: { get: () => null },
      text: async () => (typeof content === 'string' ? content : JSON.stringify(content)),
    });
    if (new URL(address).hostname.startsWith('sts.')) return reply(identity);
    const [prefix = '', operation = ''] = (headers['x-amz-target'] ?? '').split('.');
    const input = JSON.parse(body) as Record<string, string>;
    const service = services[prefix] ?? prefix;
    called.push(`${service}:${operation} on ${resourceOf(input)}`);
    if (service === 'states') return reply(await answer(operation, input));
    const result = await dynamoDb.call(operation, input);
    return reply(result.status === 'ok' ? result.output : {});
  };
  const connect: Connector = async ({ region, prefix }) => ({
    connection: await connectAws({
      region,
      prefix,
      environment: { AWS_REGION: workflow.env['AWS_REGION'] ?? '' },
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
      fetch,
      clock,
    }),
    close: async () => undefined,
  });
  return { called, connect };
}

function resourceOf({ TableName, stateMachineArn, executionArn }: Readonly<Record<string, string>>): string {
  if (TableName !== undefined) return `arn:aws:dynamodb:eu-west-1:111122223333:table/${TableName}`;
  return stateMachineArn ?? `${executionArn?.slice(0, executionArn.lastIndexOf(':'))}:*`;
}

describe('the workflow for GitHub Actions', () => {
  it('uses a command that there is, with the options that it takes', () => {
    const chosen: unknown[] = [];
    createProgram((run) => chosen.push(run)).parse(argv, { from: 'user' });
    expect(argv).toEqual(['start', '"$ROLLOUT"', '"$GITHUB_REF_NAME"', '--wait']);
    expect(chosen).toHaveLength(1);
  });

  it('starts on the tags, in the repository and under the name of the example of a spec', () => {
    const parsed = parseSpec(text, 'rollouts/checkout.yaml');
    if (!parsed.ok) throw new Error('the example of a spec does not hold');
    const { spec } = parsed;
    expect(workflow.env).toMatchObject({ ROLLOUT: spec.name, IMAGE: spec.image.repository });
    expect(workflow.on.push.tags).toEqual(spec.image.tags);
    expect(matchesTag('v1.2.3', workflow.on.push.tags)).toBe(true);
    expect(workflow.jobs.rollout['timeout-minutes'] * 60).toBeGreaterThan(spec.deadlines.rolloutSeconds);
  });

  it('pins every action by a commit, and says of which version', () => {
    const uses = [...read('rollout.yml').matchAll(/uses: (.*)/g)].map(([, value]) => value);
    expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    for (const each of uses) expect(each).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('holds no secret: GitHub signs a token, and nothing else is permitted', () => {
    expect(workflow.permissions).toEqual({ 'id-token': 'write', contents: 'read' });
    expect(read('rollout.yml')).not.toMatch(/secrets\.|aws-access-key-id/);
  });

  it('is trusted for the tags of one repository, not for every workflow of GitHub', () => {
    const trust = JSON.parse(read('trust-policy.json')) as { Statement: { Condition: Record<string, Record<string, string>> }[] };
    const [{ Condition } = { Condition: {} }] = trust.Statement;
    expect(Condition['StringEquals']?.['token.actions.githubusercontent.com:aud']).toBe('sts.amazonaws.com');
    expect(Condition['StringLike']?.['token.actions.githubusercontent.com:sub']).toMatch(/^repo:[\w-]+\/[\w-]+:ref:refs\/tags\/v\*$/);
  });
});

describe("the role's policy", () => {
  it('allows what `sluice start --wait` calls, and nothing that it does not', async () => {
    const { called, connect } = await awsThatRollsOut();
    expect(await sluice(['start', 'checkout', 'v2', '--wait'], { connect })).toMatchObject({ code: 0, err: '' });
    expect([...new Set(called)].toSorted()).toEqual(allowed(ofSluice));
  });

  it('allows beside that a push into one repository', () => {
    const push = allowed((sid) => !ofSluice(sid));
    expect(push.filter((each) => !/^ecr:\w+ on arn:aws:ecr:eu-west-1:111122223333:repository\/shop\/checkout$/.test(each))).toEqual([
      'ecr:GetAuthorizationToken on *',
    ]);
  });

  it('names no action by a wildcard', () => {
    expect(policy.Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });
});

import { systemClock } from '../../adapters/clock.ts';
import { createSignedRequest } from '../../cli/connection/aws/signed-request.ts';
import { listenOnLoopback } from '../../sandbox/traffic/loopback-server.ts';
import type { LocalStack } from '../localstack/engine/localstack.ts';
import type { Apis } from '../localstack/tier/apis.ts';

/** What it is called, with its stack and its rule. */
export const floorFunction = 'bench-floor';
const source = 'bench.floor';
const patienceMs = 30_000;
const lookEveryMs = 250;

export interface Floor {
  /** Milliseconds from PutEvents to the call of a function that does nothing but to tell of it. */
  measure(): Promise<number>;
  close(): Promise<void>;
}

/**
 * The least that anybody could reach on this LocalStack: a rule, and a function behind it whose whole work is one request to this process.
 * It stands behind an alias as the abort door does, and is deployed by a stack of its own.
 */
export async function openFloor(localStack: LocalStack, { events }: Pick<Apis, 'events'>): Promise<Floor> {
  const waiting = new Map<string, () => void>();
  const server = await listenOnLoopback((request, response) => {
    waiting.get(request.url ?? '')?.();
    response.end();
  });
  await deployFloor(localStack, `http://${localStack.hostSeenByLambdas}:${server.port}`);
  let count = 0;
  return {
    async measure() {
      count += 1;
      const path = `/${count}`;
      const fromMs = performance.now();
      const called = new Promise<number>((resolve, reject) => {
        waiting.set(path, () => resolve(performance.now() - fromMs));
        setTimeout(() => reject(new Error('the floor’s function was not called')), patienceMs).unref();
      });
      called.catch(() => undefined);
      await events('PutEvents', { Entries: [{ Source: source, DetailType: 'Floor', Detail: JSON.stringify({ path }) }] });
      return await called;
    },
    close: () => server.close(),
  };
}

async function deployFloor(localStack: LocalStack, url: string): Promise<void> {
  const { endpoint, region, account, credentials } = localStack;
  const credentialsProvider = async () => credentials;
  const post = createSignedRequest({
    service: 'cloudformation',
    region,
    endpoint,
    credentials: credentialsProvider,
    fetch,
    clock: systemClock,
  });
  const call = async (form: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Version: '2010-05-15', StackName: floorFunction, ...form }).toString();
    const { status, text } = await post('/', 'application/x-www-form-urlencoded', body);
    if (status !== 200) throw new Error(`CloudFormation did not do ${form['Action']}: ${text}`);
    return text;
  };
  await call({ Action: 'CreateStack', TemplateBody: JSON.stringify(templateOf(url, account)) });
  for (;;) {
    const status = /<StackStatus>(\w+)</.exec(await call({ Action: 'DescribeStacks' }))?.[1];
    if (status === 'CREATE_COMPLETE') return;
    if (status !== 'CREATE_IN_PROGRESS') throw new Error(`the floor's stack came to ${status}`);
    await systemClock.sleep(lookEveryMs);
  }
}

function templateOf(url: string, account: string) {
  const code = `exports.handler = async ({ detail }) => { await fetch('${url}' + detail.path); };`;
  return {
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: floorFunction,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          MemorySize: 1024,
          Timeout: 30,
          Role: `arn:aws:iam::${account}:role/${floorFunction}`,
          Code: { ZipFile: code },
        },
      },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: { Name: 'live', FunctionName: { Ref: 'Function' }, FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] } },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { Name: floorFunction, EventPattern: { source: [source] }, Targets: [{ Id: 'floor', Arn: { Ref: 'Alias' } }] },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { Ref: 'Alias' },
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        },
      },
    },
  };
}

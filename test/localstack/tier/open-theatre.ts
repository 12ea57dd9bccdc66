import { type DeployOptions, deploy } from '../deploy.ts';
import { chooseEngine } from '../engine/choose-engine.ts';
import { type LocalStack, startLocalStack } from '../engine/localstack.ts';
import { type AwsStubOptions, startAwsStub } from '../stub/aws-stub.ts';
import { connectApis } from './apis.ts';
import { type Lane, Lanes, openLane } from './lane.ts';
import { sweepEverySeconds } from './localstack-tier.ts';

export interface Theatre {
  readonly lanes: Lanes;
  /** What was started and deployed so far, and how long each took. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

export interface TheatreOptions {
  /** One for each copy of Sluice that is deployed. */
  readonly prefixes: readonly string[];
  /** Told what takes time. */
  readonly report: (line: string) => void;
}

/** Each function of each deployment keeps a process, since none is to be judged by the start of another. */
const workersOfALane = 30;

/**
 * Starts LocalStack, and deploys Sluice in it several times, side by side in one account. Nothing is played before all are there: cdk takes
 * both cores.
 */
export async function openTheatre({ prefixes, report }: TheatreOptions): Promise<Theatre> {
  const stub = await startAwsStub(await whereToListen(process.env));
  const startedMs = performance.now();
  const localStack = await startLocalStack({
    scheduleMinuteSeconds: sweepEverySeconds,
    maxWorkers: workersOfALane * prefixes.length,
    workerEnvironment: stub.variables,
    report,
  }).catch(async (error: unknown) => {
    await stub.close();
    throw error;
  });
  const apis = connectApis(localStack);
  const opened: Lane[] = [];
  const close = async () => {
    await Promise.all(opened.map(({ tap }) => tap.close()));
    apis.close();
    await localStack.stop();
    await stub.close();
  };
  const notes = [`LocalStack (${localStack.engine}) was there after ${seconds(performance.now() - startedMs)}`];
  try {
    const deployments = await Promise.all(prefixes.map((prefix) => deployOne({ localStack, prefix, report })));
    for (const deployment of deployments) {
      const { prefix, tookMs } = deployment;
      notes.push(`${prefix} was deployed in ${seconds(tookMs)}`);
      opened.push(
        await openLane({
          deployment,
          redeploy: (app) => deployOne({ localStack, prefix, app, report }),
          neighbours: prefixes.filter((other) => other !== prefix),
          apis,
          stub,
          host: localStack.hostSeenByLambdas,
        }),
      );
    }
  } catch (error) {
    report(localStack.logs().slice(-4_000));
    await close();
    throw error;
  }
  const lanes = new Lanes();
  for (const lane of opened) lanes.give(lane);
  return { lanes, notes, close };
}

/** A LocalStack on Python runs its functions on this machine. A given one was told beforehand where the stub would be. */
async function whereToListen(environment: NodeJS.ProcessEnv): Promise<AwsStubOptions> {
  const { engine } = await chooseEngine(environment);
  if (engine === 'python') return {};
  const isHere = engine === 'given' && environment['LOCALSTACK_LAMBDA_HOST'] === '127.0.0.1';
  const port = environment['LOCALSTACK_STUB_PORT'];
  return { listenOn: isHere ? '127.0.0.1' : '0.0.0.0', ...(engine === 'given' && port !== undefined ? { port: Number(port) } : {}) };
}

interface OneDeployment extends Pick<DeployOptions, 'prefix' | 'app'> {
  readonly localStack: LocalStack;
  readonly report: (line: string) => void;
}

function deployOne({ report, ...options }: OneDeployment) {
  const { prefix } = options;
  return deploy({
    ...options,
    context: { rolloutsFolder: 'test/localstack/rollouts' },
    report: (line) => report(`${prefix}: ${line}`),
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

import { type DeployOptions, deploy } from '../deploy.ts';
import { type LocalStack, startLocalStack } from '../engine/localstack.ts';
import { startAwsStub } from '../stub/aws-stub.ts';
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
 * Starts LocalStack, and deploys Sluice in it several times, side by side in one account. Deployments are made one after the other, since
 * each takes both cores, and the first one is played on while the next is made.
 */
export async function openTheatre({ prefixes, report }: TheatreOptions): Promise<Theatre> {
  const stub = await startAwsStub();
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
  const notes = [`LocalStack (${localStack.engine}) was there after ${seconds(performance.now() - startedMs)}`];
  const apis = connectApis(localStack);
  const lanes = new Lanes();
  const opened: Lane[] = [];
  let closing = false;

  const deployAll = async () => {
    for (const prefix of prefixes) {
      if (closing) return;
      const deployment = await deployOne({ localStack, prefix, report });
      notes.push(`${prefix} was deployed in ${seconds(deployment.tookMs)}`);
      const lane = await openLane({
        deployment,
        redeploy: (app) => deployOne({ localStack, prefix, app, report }),
        neighbours: () => opened.map((each) => each.deployment.prefix).filter((other) => other !== prefix),
        apis,
        stub,
        host: localStack.hostSeenByLambdas,
      });
      opened.push(lane);
      lanes.give(lane);
    }
  };
  const deploying = deployAll().catch((error: unknown) => {
    report(localStack.logs().slice(-4_000));
    lanes.fail(error);
  });

  return {
    lanes,
    notes,
    async close() {
      closing = true;
      await deploying;
      await Promise.all(opened.map(({ tap }) => tap.close()));
      apis.close();
      await localStack.stop();
      await stub.close();
    },
  };
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

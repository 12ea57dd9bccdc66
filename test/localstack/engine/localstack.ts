import { InvalidInputError } from '../../../core/errors.ts';
import { chooseEngine } from './choose-engine.ts';
import { startInDocker } from './docker.ts';
import { useGiven } from './given.ts';
import { startOnPython } from './python.ts';

/** The account that LocalStack deploys into follows from the access key: twelve digits are taken for its number. */
export const defaultAccount = '000000000000';
export const defaultRegion = 'eu-west-1';

export interface LocalStackOptions {
  /** Twelve digits: which account the calls belong to. */
  readonly account?: string;
  readonly region?: string;
  /**
   * What every Lambda finds in its environment beside what its template says, such as AWS_ENDPOINT_URL_EKS. It goes to the engine and not
   * to the template, which stays as it is deployed to AWS. A given LocalStack can't be told: there it has to be started with them.
   *
   * @param host How the Lambdas reach a server on a port of this machine.
   */
  readonly workerEnvironment?: (host: string) => Readonly<Record<string, string>>;
  /** What a Wait, and the pause before a Retry, of a state machine is multiplied by; 1 where left out. Python only. */
  readonly waitScale?: number;
  /** From one evaluation of a metric alarm to the next; 1 where left out. Python only. */
  readonly alarmEvaluationSeconds?: number;
  /** How long a `rate(1 minute)` schedule really is; 60 where left out. Python only. */
  readonly scheduleMinuteSeconds?: number;
  /** Node workers that run at once, over all functions; 24 where left out (each takes some 55 MB). Python only. */
  readonly maxWorkers?: number;
  /** Told what takes time: the making of the environment, the pull of the image. One sentence each. */
  readonly report?: (line: string) => void;
  /** Where LOCALSTACK_ENDPOINT, PATH, HOME and XDG_CACHE_HOME are looked up; the process's own where left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The options with nothing left out: what an engine is started with. */
export type EngineOptions = Required<LocalStackOptions>;

export type EngineName = 'given' | 'docker' | 'python';

/** A LocalStack that answers. */
export interface LocalStack {
  readonly engine: EngineName;
  /** `http://127.0.0.1:<port>`, for every service; also what AWS_ENDPOINT_URL is set to for the AWS SDKs and for cdk. */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  /** For SDK clients: the account as the access key, and a secret that nobody looks at. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How its Lambdas reach a server on a port of this machine: `127.0.0.1`, or Docker's name for it. */
  readonly hostSeenByLambdas: string;
  /** What it wrote so far, the last 2 MB; empty for a given one. */
  logs(): string;
  /** Ends it, the Lambdas' processes included, and removes its files. A given one is left as it is. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts LocalStack: the one at LOCALSTACK_ENDPOINT, else in Docker where an engine answers, else in this machine's Python 3.13 with what
 * `requirements.txt` names. Whatever it starts ends with this process, also where that is killed.
 *
 * @throws NotFoundError where there is neither; the remedy says what to install.
 * @throws AwsUnavailableError where it was started and did not come up; the message ends with what it wrote last.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const full = withDefaults(options);
  const choice = await chooseEngine(full.environment);
  switch (choice.engine) {
    case 'given':
      return await useGiven(choice.endpoint, full);
    case 'docker':
      return await startInDocker(full);
    case 'python':
      return await startOnPython(choice.python, full);
  }
}

function withDefaults(options: LocalStackOptions): EngineOptions {
  const full: EngineOptions = {
    account: defaultAccount,
    region: defaultRegion,
    workerEnvironment: () => ({}),
    waitScale: 1,
    alarmEvaluationSeconds: 1,
    scheduleMinuteSeconds: 60,
    maxWorkers: 24,
    report: () => undefined,
    environment: process.env,
    ...options,
  };
  if (!/^\d{12}$/.test(full.account)) {
    throw new InvalidInputError(`${JSON.stringify(full.account)} is no number of an AWS account.`, { remedy: 'Give twelve digits.' });
  }
  return full;
}

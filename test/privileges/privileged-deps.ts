import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/protocol-http';
import * as z from 'zod/mini';
import type { AwsAnswer, AwsJsonApi } from '../../adapters/aws/json-api.ts';
import { createClusterAccess, EKSClient } from '../../adapters/eks/cluster.ts';
import { createTransport, type TransportAnswer, type TransportRequest } from '../../adapters/eks/http.ts';
import { createClusterOpener } from '../../adapters/eks/open-cluster.ts';
import { createEventBridgeSink, EventBridgeClient } from '../../adapters/events/eventbridge.ts';
import { createStepFunctionsExecutions } from '../../adapters/executions/step-functions.ts';
import { createEcrRegistry, ECRClient } from '../../adapters/images/ecr.ts';
import { CloudWatchClient, createCloudWatchAlarmSource } from '../../adapters/metrics/cloudwatch.ts';
import { createCloudWatchMetrics } from '../../adapters/metrics/cloudwatch-metrics.ts';
import { createSecretSource } from '../../adapters/secrets/secrets-manager.ts';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import { SluiceError } from '../../core/errors.ts';
import type { RolloutStore } from '../../core/ports.ts';
import type { Deps } from '../../runtime/deps.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import { createAwsWire } from './aws-wire.ts';
import { covers } from './iam.ts';
import type { Ledger, Roles } from './ledger.ts';
import { arnOf, neededFor, region } from './needed-permissions.ts';
import { type WireAnswer, wireError } from './wire-answer.ts';

export interface PrivilegedOptions {
  readonly clock: SandboxClock;
  readonly roles: Roles;
  readonly ledger: Ledger;
  readonly prefix: string;
}

/** Secrets of every role, which stand nowhere in what a Lambda writes. */
export const planted = { secretAccessKey: 'the-planted-secret-key', sessionToken: 'the-planted-token-of-the-session' } as const;

/**
 * What a server refuses, it may repeat as it was sent, for whoever is to find out why: a proxy its headers, AWS the canonical request. So do
 * those that stand here in the place of the API servers and of AWS.
 */
function repeating({ headers }: TransportRequest, answer: TransportAnswer): TransportAnswer {
  if (answer.status < 300) return answer;
  const sent = `What was sent: authorization: ${headers['authorization']}`;
  return { ...answer, body: answer.body.replace(/"message":"/, (found) => `${found}${sent} `) };
}

/**
 * For `wrapDeps`: gives each Lambda the adapters that it has on AWS, with its own role. What they send is answered from the sandbox, where
 * the role allows it, and refused as AWS refuses it where not; the ledger has both.
 */
export function privilegedDeps({ clock, roles, ledger, prefix }: PrivilegedOptions): (ports: Deps, functionName?: string) => Deps {
  return (ports, functionName) => {
    if (functionName === undefined) return ports;
    const credentials = async () => ({ accessKeyId: functionName, ...planted });
    const lambda = new MortalLambda(ports.store);
    const answerOf = createAwsWire({ ...ports, store: lambda.store });

    /** Why the role does not let it; undefined where it does. */
    const refusalOf = (service: string, operation: string, input: unknown): string | undefined => {
      for (const needed of neededFor(service, operation, input)) {
        const allowed = (roles.get(functionName) ?? []).some((grant) => covers(grant, needed));
        ledger.noteAws({ function: functionName, ...needed }, allowed);
        if (!allowed) return `${functionName} is not authorized to perform: ${needed.action} on ${needed.resource}`;
      }
      return undefined;
    };
    const ask = (service: string, operation: string, input: unknown): Promise<WireAnswer> => {
      const refusal = refusalOf(service, operation, input);
      return refusal === undefined ? answerOf(service, operation, input) : Promise.resolve(wireError('AccessDeniedException', refusal));
    };

    const jsonApi = (service: string): AwsJsonApi => {
      return async (operation, input) => asJsonApiAnswers(await ask(service, operation, input));
    };
    const sdk = (service: string) => ({ region, credentials, maxAttempts: 1, requestHandler: { handle: handlerOf(service, ask) } });
    const machine = (name: string) => arnOf('states', `stateMachine:${prefix}-${name}`);
    const eks = new EKSClient(sdk('eks'));
    const cloudWatch = new CloudWatchClient(sdk('cloudwatch'));
    const eventBridge = new EventBridgeClient(sdk('events'));
    const ecr = new ECRClient(sdk('ecr'));
    const transport = createTransport();
    const open = createClusterOpener({
      region,
      credentials,
      clock,
      transport: (request) => clock.busy(async () => repeating(request, await transport(request))),
    });
    const access = createClusterAccess({ eks, region, credentials, clock });
    return {
      ...ports,
      store: lambda.mortal(createDynamoDbStore({ call: jsonApi('dynamodb'), tableName: prefix, clock })),
      executions: createStepFunctionsExecutions({
        call: jsonApi('states'),
        machines: { rollout: machine('rollout'), rollback: machine('rollback') },
        clock,
      }),
      // The SDK takes some turns of the event loop for a request, in which a virtual clock must stand still.
      events: createEventBridgeSink({
        client: { send: (command) => clock.busy(() => eventBridge.send(command)) },
        eventBusName: prefix,
        clock,
      }),
      alarms: createCloudWatchAlarmSource({ send: (command) => clock.busy(() => cloudWatch.send(command)) }),
      cloudWatch: createCloudWatchMetrics({ call: jsonApi('cloudwatch'), clock }),
      images: createEcrRegistry(() => ({ send: (command) => clock.busy(() => ecr.send(command)) })),
      prometheus: (url) => asWorkspace(ports.prometheus(url), (operation) => refusalOf('aps', operation, {})),
      webhookSecret: createSecretSource({
        call: jsonApi('secretsmanager'),
        secretArn: arnOf('secretsmanager', `secret:${prefix}-webhook-AbCdEf`),
        clock,
      }),
      clusters: { open },
      clusterFinder: {
        find: async (name) => {
          await clock.busy(() => access.find(name));
          // EKS answers an https endpoint; the sandbox's is plain HTTP on loopback.
          return ports.clusterFinder.find(name);
        },
      },
    };
  };
}

/** As adapters/aws/json-api.ts tells what came back. Signing each request, which it does too, would double what a scenario costs. */
function asJsonApiAnswers({ status, body }: WireAnswer): AwsAnswer {
  if (status === 200) return { status: 'ok', output: body };
  const { __type: name, message } = z.object({ __type: z.string(), message: z.string() }).parse(body);
  return { status: 'failed', failure: { name, message, retryable: status >= 500, refused: status < 500, details: body } };
}

type Prometheus = ReturnType<Deps['prometheus']>;

/**
 * In the place of a workspace of Amazon Managed Prometheus: what the role does not allow is unavailable. How requests are signed is tested beside the
 * adapter.
 */
function asWorkspace({ metrics, alerts }: Prometheus, refusalOf: (operation: string) => string | undefined): Prometheus {
  return {
    metrics: {
      measure: async (queries) => {
        const why = refusalOf('QueryMetrics');
        const measured = await metrics.measure(queries);
        return why === undefined ? measured : measured.map(({ name, atMs }) => ({ name, atMs, status: 'unavailable', why }));
      },
      history: async (query, past) => (refusalOf('QueryMetrics') === undefined ? metrics.history(query, past) : []),
    },
    alerts: {
      read: async (names) => {
        const reason = names.length === 0 ? undefined : (refusalOf('ListAlerts') ?? refusalOf('ListRules'));
        const readings = await alerts.read(names);
        return reason === undefined ? readings : readings.map(({ name }) => ({ name, state: 'unavailable', reason, sinceMs: undefined }));
      },
    },
  };
}

type Ask = (service: string, operation: string, input: unknown) => Promise<WireAnswer>;

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** In the place of the SDK's connection: what it would send is read as AWS reads it. EKS speaks REST, the others JSON with a target. */
function handlerOf(service: string, ask: Ask) {
  return async ({ method, path, headers, body }: SentRequest): Promise<{ response: HttpResponse }> => {
    const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1];
    const [, cluster] = /^\/clusters\/([^/]+)$/.exec(path) ?? [];
    if (target === undefined && (cluster === undefined || method !== 'GET'))
      throw new Error(`It is not known what ${method} ${path} does.`);
    const answer =
      target === undefined
        ? await ask(service, 'DescribeCluster', { name: cluster })
        : await ask(service, target.split('.').at(-1) ?? '', JSON.parse(textOf(body)));
    const { message } = answer.body;
    const canonical = `The canonical string was 'POST\n/\n\nx-amz-security-token:${headers['x-amz-security-token']}\n'`;
    const said = answer.status < 300 ? answer.body : { ...answer.body, message: `${String(message)} ${canonical}` };
    const response = new HttpResponse({
      statusCode: answer.status,
      headers: { 'content-type': 'application/json' },
      body: Readable.from([Buffer.from(JSON.stringify(said))]),
    });
    return { response };
  };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
}

/**
 * A scenario lets a Lambda die in the middle of a write to the store, by an error that is none of Sluice's. On the wire nobody would hear of it:
 * the request gets no answer, and whoever waits for the store dies.
 */
class MortalLambda {
  readonly store: RolloutStore;
  readonly #waiting = new Set<(reason: unknown) => void>();

  constructor(store: RolloutStore) {
    this.store = {
      ...store,
      read: (key) => store.read(key),
      list: (partition) => store.list(partition),
      write: (changes) => store.write(changes).catch((error: unknown) => this.#dieOf(error)),
    };
  }

  mortal(adapter: RolloutStore): RolloutStore {
    return {
      read: (key) => this.#orDie(adapter.read(key)),
      list: (partition) => this.#orDie(adapter.list(partition)),
      write: (changes) => this.#orDie(adapter.write(changes)),
    };
  }

  #orDie<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      void call.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  #dieOf(error: unknown): Promise<never> {
    if (error instanceof SluiceError) throw error;
    for (const reject of this.#waiting) reject(error);
    return new Promise(() => undefined);
  }
}

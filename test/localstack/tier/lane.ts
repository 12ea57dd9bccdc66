import { systemClock } from '../../../adapters/clock.ts';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { specsPartition } from '../../../adapters/store/keys.ts';
import type { Deployment } from '../deploy.ts';
import type { AwsStub } from '../stub/aws-stub.ts';
import type { Apis } from './apis.ts';
import { EventTap } from './event-tap.ts';

/** One deployment of Sluice, on which one scenario is played at a time. Several of them live in one account. */
export interface Lane {
  readonly deployment: Deployment;
  /** Deploys the app of another folder over it. */
  readonly redeploy: (app: string) => Promise<Deployment>;
  /** The prefixes of the other deployments of the account. */
  readonly neighbours: readonly string[];
  readonly apis: Apis;
  readonly stub: AwsStub;
  readonly tap: EventTap;
  /** The rollouts whose specs were in the store when it was deployed. */
  readonly deployedSpecs: readonly string[];
  /** How functions reach a server of this process. */
  readonly host: string;
  /** How many scenarios were played on it. */
  played: number;
}

export async function openLane(parts: Omit<Lane, 'tap' | 'deployedSpecs' | 'played'>): Promise<Lane> {
  const { apis, deployment } = parts;
  const store = createDynamoDbStore({ call: apis.dynamodbCall, tableName: deployment.prefix, clock: systemClock });
  const specs = await store.list(specsPartition);
  return { ...parts, tap: await EventTap.open(apis, deployment.prefix), deployedSpecs: specs.map(({ key }) => key.sort), played: 0 };
}

/** Hands lanes out, each to one at a time. */
export class Lanes {
  readonly #free: Lane[] = [];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  give(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
  }

  async take(): Promise<Lane> {
    return this.#free.shift() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
  }
}

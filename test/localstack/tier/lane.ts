import type { Deployment } from '../deploy.ts';
import type { AwsStub } from '../stub/aws-stub.ts';
import type { Apis } from './apis.ts';
import { EventTap } from './event-tap.ts';

/** One deployment of Sluice, on which one scenario is played at a time. Several of them live in one account. */
export interface Lane {
  readonly deployment: Deployment;
  /** Deploys the app of another folder over it. */
  readonly redeploy: (app: string) => Promise<Deployment>;
  /** The prefixes of the other deployments of the account, as far as they are there. */
  readonly neighbours: () => readonly string[];
  readonly apis: Apis;
  readonly stub: AwsStub;
  readonly tap: EventTap;
  /** How functions reach a server of this process. */
  readonly host: string;
  /** How many scenarios were played on it. */
  played: number;
}

export async function openLane(parts: Omit<Lane, 'tap' | 'played'>): Promise<Lane> {
  return { ...parts, tap: await EventTap.open(parts.apis, parts.deployment.prefix), played: 0 };
}

interface Waiting {
  readonly resolve: (lane: Lane) => void;
  readonly reject: (why: unknown) => void;
}

/** Hands lanes out, each to one at a time. */
export class Lanes {
  readonly #free: Lane[] = [];
  #waiting: readonly Waiting[] = [];
  #failed: { readonly why: unknown } | undefined;

  give(lane: Lane): void {
    const [next, ...others] = this.#waiting;
    this.#waiting = others;
    if (next === undefined) this.#free.push(lane);
    else next.resolve(lane);
  }

  /** There will be no more lanes, and who waits for one waits in vain. */
  fail(why: unknown): void {
    this.#failed = { why };
    for (const { reject } of this.#waiting) reject(why);
    this.#waiting = [];
  }

  async take(): Promise<Lane> {
    const free = this.#free.shift();
    if (free !== undefined) return free;
    if (this.#failed !== undefined) throw this.#failed.why;
    return new Promise<Lane>((resolve, reject) => {
      this.#waiting = [...this.#waiting, { resolve, reject }];
    });
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderEdits } from './header-edits.ts';
import type { ServiceName } from './service-name.ts';

/** What routes tell requests apart by, besides their host. */
export interface RequestFacts {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A Service, or those of its pods that a DestinationRule names as a subset. */
export interface Destination {
  readonly service: ServiceName;
  readonly subset?: string | undefined;
}

export interface WeightedDestination extends Destination {
  readonly weight: number;
  readonly headers: HeaderEdits;
  /** A Service that is not there is answered 500: the Gateway API asks for it. */
  readonly mustExist?: boolean;
}

/** Copies of requests: who gets them, and of how many, from 0 to 1. */
export interface Mirror extends Destination {
  readonly share: number;
}

export interface Retries {
  /** Tries beside the first one. */
  readonly attempts: number;
  readonly perTryTimeoutMs: number | undefined;
  readonly isRetried: (failure: TryFailure) => boolean;
}

/** How a try failed: an answer's status, no connection, a connection that broke, or no answer in time. */
export type TryFailure = number | 'noConnection' | 'broken' | 'timeout';

export interface RouteRule {
  /** The rule's name, or its place where it has none. */
  readonly id: string;
  readonly matches: (request: RequestFacts) => boolean;
  readonly destinations: readonly WeightedDestination[];
  readonly mirrors: readonly Mirror[];
  readonly headers: HeaderEdits;
  /** All tries together. */
  readonly timeoutMs: number | undefined;
  readonly retries: Retries;
}

export const noRetries: Retries = { attempts: 0, perTryTimeoutMs: undefined, isRetried: () => false };

/** A destination as statistics name it: `checkout`, or `checkout/canary` for a subset. */
export function destinationName({ service, subset }: Destination): string {
  return subset === undefined ? service.name : `${service.name}/${subset}`;
}

import type { ApiRequest, Verb } from './api-request.ts';
import { nameOf } from './api-request.ts';
import type { OutageCode } from './status.ts';

/** What a scenario can tell of a request when it chooses which to harm. */
export interface RequestFacts {
  readonly verb: Verb;
  /** Plural, as in the URL: `virtualservices`. */
  readonly resource: string;
  readonly namespace: string;
  /** Empty for lists and watches of a whole kind; for a create the name in the body. */
  readonly name: string;
  /** Which sort of patch it is, where it is one. */
  readonly patch: 'json' | 'merge' | undefined;
  /** As sent, parsed from JSON: not checked. */
  readonly body: unknown;
}

/** Fields that are given must be equal; `where` sees the rest, such as the role that a patch's fence tells. */
export type RequestMatch = Partial<Omit<RequestFacts, 'body'>> & { readonly where?: (request: RequestFacts) => boolean };

/**
 * - `status`: that answer, and nothing is done.
 * - `hangUpBefore` / `hangUpAfter`: the connection breaks before or after the request took effect; no answer either way.
 * - `lostWrite`: 200 and the object as it would be, but nothing is written.
 * - `delayedWrite`: the same answer, and the write is made `delayMs` later, against what the object is by then: a test in a
 *   JSON Patch may fail there, and nobody hears of it.
 * - `slow`: the answer, and the effect, come `delayMs` later. Goes together with one of the others.
 */
export type Fault =
  | { readonly kind: 'status'; readonly code: OutageCode }
  | { readonly kind: 'hangUpBefore' | 'hangUpAfter' | 'lostWrite' }
  | { readonly kind: 'delayedWrite' | 'slow'; readonly delayMs: number };

interface Rule {
  readonly match: RequestMatch;
  readonly fault: Fault;
  left: number;
}

/** The faults of one cluster's API. Scenarios add them; each request takes those that match it. */
export class Faults {
  readonly #rules: Rule[] = [];
  readonly #onUnreachable: () => void;
  #unreachable = false;

  /** `onUnreachable` breaks the connections that are open when the API becomes unreachable. */
  constructor(onUnreachable: () => void) {
    this.#onUnreachable = onUnreachable;
  }

  /** Harms the next `times` requests that match, or all until it is cleared. Rules are tried in the order they were added. */
  add(match: RequestMatch, fault: Fault, times = Number.POSITIVE_INFINITY): () => void {
    const rule: Rule = { match, fault, left: times };
    this.#rules.push(rule);
    return () => this.#drop(rule);
  }

  /** Ends all faults, and makes the API reachable. Writes that were delayed are made all the same. */
  clear(): void {
    this.#rules.length = 0;
    this.#unreachable = false;
  }

  get unreachable(): boolean {
    return this.#unreachable;
  }

  /** Breaks every connection, those in use and those to come, until it is set to false or all is cleared. */
  set unreachable(unreachable: boolean) {
    this.#unreachable = unreachable;
    if (unreachable) this.#onUnreachable();
  }

  /** What befalls a request: the first `slow` and the first other fault that match it, each counted as used. */
  take(request: RequestFacts): { readonly slowMs: number; readonly fault: Exclude<Fault, { kind: 'slow' }> | undefined } {
    const write = ['create', 'update', 'patch', 'delete'].includes(request.verb);
    let slowMs: number | undefined;
    let taken: Exclude<Fault, { kind: 'slow' }> | undefined;
    for (const rule of [...this.#rules]) {
      const { fault } = rule;
      if (!matches(rule.match, request)) continue;
      if (fault.kind === 'slow') {
        if (slowMs !== undefined) continue;
        slowMs = fault.delayMs;
      } else {
        if (taken !== undefined || (!write && (fault.kind === 'lostWrite' || fault.kind === 'delayedWrite'))) continue;
        taken = fault as Exclude<Fault, { kind: 'slow' }>;
      }
      rule.left -= 1;
      if (rule.left <= 0) this.#drop(rule);
    }
    return { slowMs: slowMs ?? 0, fault: taken };
  }

  #drop(rule: Rule): void {
    const index = this.#rules.indexOf(rule);
    if (index >= 0) this.#rules.splice(index, 1);
  }
}

function matches({ where, ...fields }: RequestMatch, request: RequestFacts): boolean {
  const equal = Object.entries(fields).every(([field, wanted]) => request[field as keyof RequestFacts] === wanted);
  return equal && (where === undefined || where(request));
}

export function factsOf(request: ApiRequest, verb: Verb): RequestFacts {
  const patches: Readonly<Record<string, 'json' | 'merge'>> = {
    'application/json-patch+json': 'json',
    'application/merge-patch+json': 'merge',
  };
  const patch = verb === 'patch' ? patches[request.contentType] : undefined;
  return { verb, resource: request.type.resource, namespace: request.namespace, name: nameOf(request), patch, body: request.body };
}

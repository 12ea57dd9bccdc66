import type { KubernetesObject, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import type { RequestMatch } from '../../core/spec/router-spec.ts';

/** What one user sends. */
export interface UserRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** What a user was answered. */
export interface UserAnswer {
  readonly status: number;
  /** Which version answered; undefined where no pod did. */
  readonly side: 'stable' | 'canary' | undefined;
  /** Each Set-Cookie header of the answer. */
  readonly setCookies: readonly string[];
}

/** What the pods of one version were sent, since they started. */
export interface SideReceived {
  /** By users. */
  readonly requests: number;
  /** Copies of what users sent. */
  readonly mirrored: number;
}

/** A router, the route that it steers, and users of that route. Both versions have ready pods that answer 200. */
export interface RealTraffic {
  readonly router: TrafficRouter;
  /** Its routes lead to stable alone, and carry no fence. Its total weight is 100. */
  readonly target: RouteTarget;
  /** Sends so many requests of one user, each without what earlier ones were answered, and says who answered. */
  send(count: number, request?: UserRequest): Promise<readonly UserAnswer[]>;
  /** What each version received so far, copies too. */
  received(): Promise<{ readonly stable: SideReceived; readonly canary: SideReceived }>;
  /** Resolves when what was written is what requests meet, and copies of what was sent have arrived. */
  settle(): Promise<void>;
  /** The objects of the target's routes, as the API server has them now. */
  objects(): Promise<readonly KubernetesObject[]>;
  /** The data plane chooses in turn, so that every count is exact; left out where each request is a draw of its own. */
  readonly smooth?: boolean;
  /** Requests in each row that counts shares: a multiple of 100; 400 where left out. */
  readonly requests?: number;
  close?(): Promise<void>;
}

const name = 'x-sluice-trial';

/** Matches of each kind and comparison, with a user that each fits, and users that it nearly fits. */
export const matchRows: readonly {
  readonly title: string;
  readonly kind: 'header' | 'cookie' | 'query';
  readonly compare: 'exact' | 'prefix' | 'regex';
  readonly match: RequestMatch;
  readonly fits: readonly UserRequest[];
  readonly misses: readonly UserRequest[];
}[] = [
  {
    title: 'a header, exactly',
    kind: 'header',
    compare: 'exact',
    match: { header: { name, exact: 'yes' } },
    fits: [{ headers: { [name]: 'yes' } }, { headers: { [name.toUpperCase()]: 'yes' } }],
    misses: [{}, { headers: { [name]: 'no' } }, { headers: { [name]: 'yes, indeed' } }, { query: { [name]: 'yes' } }],
  },
  {
    title: 'a header by its beginning',
    kind: 'header',
    compare: 'prefix',
    match: { header: { name, prefix: 'tester-' } },
    fits: [{ headers: { [name]: 'tester-7' } }],
    misses: [{}, { headers: { [name]: 'a tester-7' } }],
  },
  {
    title: 'a header by a regular expression, which has to fit the whole value',
    kind: 'header',
    compare: 'regex',
    match: { header: { name, regex: 'tester-[0-9]+' } },
    fits: [{ headers: { [name]: 'tester-7' } }],
    misses: [{}, { headers: { [name]: 'tester-x' } }, { headers: { [name]: 'a tester-7' } }],
  },
  {
    title: 'a cookie, exactly',
    kind: 'cookie',
    compare: 'exact',
    match: { cookie: { name: 'trial', exact: 'yes' } },
    fits: [{ cookies: { trial: 'yes' } }, { cookies: { a: 'b', trial: 'yes', c: 'd' } }],
    misses: [
      {},
      { cookies: { trial: 'yesterday' } },
      { cookies: { atrial: 'yes' } },
      { cookies: { a: 'trial' } },
      { headers: { trial: 'yes' } },
    ],
  },
  {
    title: 'a cookie by its beginning',
    kind: 'cookie',
    compare: 'prefix',
    match: { cookie: { name: 'trial', prefix: 'group-' } },
    fits: [{ cookies: { trial: 'group-7' } }, { cookies: { a: 'b', trial: 'group-' } }],
    misses: [{}, { cookies: { trial: 'a-group-7' } }, { cookies: { b: 'group-7' } }],
  },
  {
    title: 'a cookie by a regular expression, which has to fit the whole value',
    kind: 'cookie',
    compare: 'regex',
    match: { cookie: { name: 'trial', regex: 'group-[0-9]' } },
    fits: [{ cookies: { trial: 'group-7' } }, { cookies: { a: 'b', trial: 'group-7', c: 'd' } }],
    misses: [{}, { cookies: { trial: 'group-77' } }, { cookies: { trial: 'a-group-7' } }],
  },
  {
    title: 'a parameter of the query, exactly',
    kind: 'query',
    compare: 'exact',
    match: { query: { name: 'trial', exact: 'yes' } },
    fits: [{ query: { trial: 'yes' } }, { query: { a: 'b', trial: 'yes' } }],
    misses: [{}, { query: { trial: 'no' } }, { query: { atrial: 'yes' } }, { headers: { trial: 'yes' } }],
  },
  {
    title: 'a parameter of the query by a regular expression, which has to fit the whole value',
    kind: 'query',
    compare: 'regex',
    match: { query: { name: 'trial', regex: 'group-[0-9]' } },
    fits: [{ query: { trial: 'group-7' } }],
    misses: [{}, { query: { trial: 'group-77' } }],
  },
];

/** A user who keeps the cookies that answers set, as a browser does. */
export class Browser {
  /** The value of the affinity's cookie, where one was set. */
  value: string | undefined;
  readonly sides: (string | undefined)[] = [];
  readonly #traffic: Pick<RealTraffic, 'send'>;
  readonly #cookie: string;

  constructor(traffic: Pick<RealTraffic, 'send'>, cookie: string) {
    this.#traffic = traffic;
    this.#cookie = cookie;
  }

  /** Sends one request, takes over the cookie, and says who answered. */
  async visit(): Promise<string | undefined> {
    const request = this.value === undefined ? {} : { cookies: { [this.#cookie]: this.value } };
    const [answer] = await this.#traffic.send(1, request);
    const set = answer?.setCookies.map((text) => text.split(';')[0] ?? '').find((pair) => pair.startsWith(`${this.#cookie}=`));
    if (set !== undefined) this.value = set.slice(this.#cookie.length + 1);
    this.sides.push(answer?.side);
    return answer?.side;
  }
}

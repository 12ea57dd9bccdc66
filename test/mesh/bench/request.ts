import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export interface MeshRequest {
  /** The Host header: which route is meant. */
  readonly host: string;
  /** `/` where left out. */
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface MeshAnswer {
  /** 0 where no whole answer came. */
  readonly status: number;
  /** What the pod says that it is; undefined where no pod answered. */
  readonly version: string | undefined;
  readonly pod: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request as a user of the mesh sends it, to `gatewayUrl`, `gatewayApiUrl` or `meshUrl`. Never rejects: no answer is an outcome. */
export async function meshRequest(url: string, options: MeshRequest): Promise<MeshAnswer> {
  const { host, path = '/', method = 'GET', headers = {}, timeoutMs = 10_000 } = options;
  try {
    return await new Promise<MeshAnswer>((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      httpRequest(`${url}${path}`, { method, headers: { ...headers, host }, agent, signal }, (answer) => {
        const named = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
        const { 'x-version': version, 'x-pod': pod } = named;
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, version, pod, headers: named, body }), reject);
      })
        .on('error', reject)
        .end();
    });
  } catch (error) {
    return { status: 0, version: undefined, pod: undefined, headers: {}, body: String(error) };
  }
}

/** How often each version answered, and how often none, of so many requests, eight at a time. Answers of another status than 200 count as `<status>`. */
export async function countVersions(url: string, options: MeshRequest, requests: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  let left = requests;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const { status, version } = await meshRequest(url, options);
      const key = status === 200 ? (version ?? 'nobody') : String(status);
      counts[key] = (counts[key] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return counts;
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CustomResourceRequest } from '../../runtime/custom-resource.ts';

/** An answer as CloudFormation takes it. */
export interface TakenAnswer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

export interface FakeCloudFormation {
  readonly url: string;
  /** Every request for the address of an answer, oldest first. */
  readonly puts: { readonly method: string; readonly contentType: string | undefined; readonly bytes: number }[];
  readonly answers: TakenAnswer[];
  /** The next requests get these statuses instead of 200, one each. */
  failNext(...statuses: readonly number[]): void;
  request(change: Partial<CustomResourceRequest>): CustomResourceRequest;
  close(): Promise<void>;
}

/** The bucket that CloudFormation waits at for the answers of custom resources, on loopback. */
export async function startCloudFormation(): Promise<FakeCloudFormation> {
  const puts: FakeCloudFormation['puts'] = [];
  const answers: TakenAnswer[] = [];
  const failures: number[] = [];
  const server = createServer(async (message, response) => {
    const body = await textOf(message);
    puts.push({ method: message.method ?? '', contentType: message.headers['content-type'], bytes: Buffer.byteLength(body) });
    const status = failures.shift() ?? 200;
    if (status === 200) answers.push(JSON.parse(body) as TakenAnswer);
    response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    puts,
    answers,
    failNext: (...statuses) => void failures.push(...statuses),
    request: (change) => ({
      RequestType: 'Create',
      ResponseURL: `${url}/answer?signature=secret`,
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/sluice/1',
      RequestId: 'request-1',
      LogicalResourceId: 'Checkout',
      ResourceProperties: {},
      ...change,
    }),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

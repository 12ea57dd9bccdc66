import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { ImageRegistry } from '../../../core/ports.ts';
import { type Answer, refusal } from './answer.ts';
import { authority } from './certificates.ts';
import { answerDescribeImages } from './describe-images.ts';
import { type ListenOn, startTlsFront } from './front.ts';

export interface AwsStubOptions {
  /** Where to listen: every address where the functions run in containers, loopback where left out. */
  readonly listenOn?: ListenOn;
  /** For a LocalStack that was started before the stub, and told of this port; any free one where left out. */
  readonly port?: number;
}

/** One sandbox behind the stub. */
export interface StubbedCluster {
  /** As EKS knows it, and the spec names it. */
  readonly name: string;
  /** `sandbox.kubernetes.url`. */
  readonly kubernetesUrl: string;
  /** `sandbox.ecr`. */
  readonly images: ImageRegistry;
}

/** What LocalStack lacks without a licence: EKS and ECR. */
export interface AwsStub {
  readonly port: number;
  /**
   * For `startLocalStack({ workerEnvironment: stub.variables })`: leads the functions here.
   *
   * @param host How they reach this machine.
   */
  readonly variables: (host: string) => Readonly<Record<string, string>>;
  /** From now on EKS and ECR answer for this sandbox too. Returns how to end that. */
  add(cluster: StubbedCluster): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/**
 * EKS DescribeCluster (REST) and ECR DescribeImages (JSON 1.1) at one port, answered by any number of sandboxes. Signatures are not looked
 * at.
 */
export async function startAwsStub({ listenOn = '127.0.0.1', port: wanted = 0 }: AwsStubOptions = {}): Promise<AwsStub> {
  const clusters = new Map<string, { readonly port: number; readonly images: ImageRegistry; readonly end: () => Promise<void> }>();
  const server = createServer((request, response) => {
    answer(request).then(
      (found) => send(response, found),
      (error: unknown) => send(response, refusal(500, 'InternalFailure', String(error))),
    );
  });

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const target = request.headers['x-amz-target'];
    if (target === 'AmazonEC2ContainerRegistry_V20150921.DescribeImages') {
      return await answerDescribeImages(
        [...clusters.values()].map(({ images }) => images),
        await json(request),
      );
    }
    const name = /^\/clusters\/([^/?]+)$/.exec(request.url ?? '')?.[1];
    if (request.method !== 'GET' || name === undefined) {
      return refusal(400, 'UnknownOperationException', `The stub knows no ${String(target ?? `${request.method} ${request.url}`)}.`);
    }
    const cluster = clusters.get(decodeURIComponent(name));
    if (cluster === undefined) return refusal(404, 'ResourceNotFoundException', `No cluster found for name: ${name}.`);
    // The same name for this machine as the function called it by.
    const { hostname } = new URL(`http://${request.headers.host ?? '127.0.0.1'}`);
    return { status: 200, body: { cluster: describe(decodeURIComponent(name), `https://${hostname}:${cluster.port}`) } };
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, listenOn, resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    port,
    variables: (host) => stubVariables(host, port),
    async add({ name, kubernetesUrl, images }) {
      const front = await startTlsFront(kubernetesUrl, listenOn);
      const end = async () => {
        clusters.delete(name);
        await front.close();
      };
      await clusters.get(name)?.end();
      clusters.set(name, { port: front.port, images, end });
      return end;
    },
    async close() {
      await Promise.all([...clusters.values()].map(({ end }) => end()));
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** What leads the SDK's clients to a stub at a port of a host. */
export function stubVariables(host: string, port: number): Readonly<Record<string, string>> {
  return { AWS_ENDPOINT_URL_EKS: `http://${host}:${port}`, AWS_ENDPOINT_URL_ECR: `http://${host}:${port}` };
}

/** Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
function describe(name: string, endpoint: string) {
  return { name, status: 'ACTIVE', endpoint, certificateAuthority: { data: Buffer.from(authority).toString('base64') } };
}

function send(response: ServerResponse, { status, body, error }: Answer): void {
  const named = error === undefined ? {} : { 'x-amzn-errortype': error };
  response.writeHead(status, { 'content-type': 'application/json', ...named }).end(JSON.stringify(body));
}

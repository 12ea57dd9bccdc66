import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import type { AwsJsonApi } from '../../adapters/aws/json-api.ts';

export interface CloudWatchServer {
  /** What makes a command ask it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** CloudWatch's JSON API over HTTP, for a command that asks it with credentials of its own. */
export async function startCloudWatchServer(call: AwsJsonApi): Promise<CloudWatchServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const answer = await call(operation, JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
    if (answer.status === 'ok') response.end(JSON.stringify(answer.output));
    else response.writeHead(400).end(JSON.stringify({ __type: answer.failure.name, message: answer.failure.message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
  return {
    environment: { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_CLOUDWATCH: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    close: async () => {
      vi.unstubAllEnvs();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

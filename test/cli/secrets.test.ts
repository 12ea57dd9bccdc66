import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { connectAws } from '../../cli/connection/aws/connect-aws.ts';
import type { SignedFetch } from '../../cli/connection/aws/signed-request.ts';
import type { Connector } from '../../cli/run.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { type CommandResult, sluice, temporaryFolder } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

const credentials = { accessKeyId: 'AKIDPLANTED', secretAccessKey: 'the-planted-secret-key', sessionToken: 'the-planted-session-token' };
const token = 'k8s-aws-v1.dGhlLXBsYW50ZWQtdG9rZW4';
const planted = [credentials.secretAccessKey, credentials.sessionToken, token, 'the-planted-client-key'];

let cwd: string;
let server: Server | undefined;

beforeEach(async () => {
  cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rollouts'));
  await writeFile(join(cwd, 'rollouts', 'checkout.yaml'), cliSpec());
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** What it printed, and of what was planted, what stands in it. */
const leaked = ({ out, err }: CommandResult) => planted.filter((secret) => `${out}${err}`.includes(secret));

/** An AWS that knows who asks, and refuses all else with the request as it had expected it. */
function refusingAws(status: number): Connector {
  const fetch: SignedFetch = async (address, { headers, body }) => {
    const identity = '<Arn>arn:aws:sts::111122223333:assumed-role/on-call/ada</Arn><Account>111122223333</Account>';
    const isSts = new URL(address).hostname.startsWith('sts.');
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
    const message = `The canonical string for this request should have been 'POST\n/\n\n${lines.join('\n')}\n\n${body}'`;
    const refused = JSON.stringify({ __type: 'com.amazon.coral.service#InvalidSignatureException', message });
    const text = isSts
      ? `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`
      : refused;
    return { status: isSts ? 200 : status, headers: { get: () => null }, text: async () => text };
  };
  return async ({ region, prefix }) => ({
    connection: await connectAws({
      ...{ region, prefix, environment: {}, fetch, clock: new VirtualClock() },
      credentials: async () => credentials,
    }),
    close: async () => undefined,
  });
}

/** An API server behind a proxy that refuses, and repeats the headers that it was sent. */
async function writeKubeconfig(user: object): Promise<void> {
  server = createServer(({ headers }, response) => {
    const message = `What was sent: ${JSON.stringify(headers)}`;
    response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', message }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'shop' },
    clusters: [{ name: 'shop', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'me' } }],
  });
  await writeFile(join(cwd, 'kubeconfig'), text);
}

describe('secrets stand nowhere in what the command prints', () => {
  it.each([
    ['status'],
    ['start', 'checkout', 'v2'],
    ['abort', 'checkout'],
    ['pause', 'checkout', '--why', 'lunch'],
    ['apply', 'rollouts/checkout.yaml'],
    ['watch', 'checkout'],
  ])('where AWS refuses what it was sent: sluice %s %s', async (...argv) => {
    for (const status of [400, 403]) {
      for (const more of [['--verbose'], ['--json']]) {
        const result = await sluice([...argv, '--region', 'eu-west-1', ...more], { cwd, connect: refusingAws(status) });
        expect(result.code).not.toBe(0);
        expect(leaked(result)).toEqual([]);
        if (more.includes('--verbose')) expect(result.err).toMatch(/InvalidSignatureException|canonical/);
      }
    }
  });

  const plugin = (command: string) => ({ exec: { apiVersion: 'v1', command: 'sh', args: ['-c', command] } });
  it.each<[string, (file: string) => object]>([
    ['a token', () => ({ token })],
    ['a file with a token', (tokenFile) => ({ tokenFile })],
    ['a key that is none', () => ({ 'client-certificate-data': 'bm9uZQ==', 'client-key-data': 'the-planted-client-key' })],
    ['a plugin that prints a token and fails', (file) => plugin(`cat ${file}; cat ${file} >&2; exit 1`)],
    ['a plugin whose answer is a token and no JSON', (file) => plugin(`cat ${file}`)],
  ])("where the cluster repeats what it was sent, by a kubeconfig's %s", async (_, userOf) => {
    await writeKubeconfig(userOf(join(cwd, 'token')));
    await writeFile(join(cwd, 'token'), token);
    const commands = [
      ['abort', 'checkout', '--direct'],
      ['lint', '--cluster'],
    ];
    for (const argv of commands) {
      const result = await sluice([...argv, '--kubeconfig', 'kubeconfig', '--verbose'], { cwd });
      expect(result.code).not.toBe(0);
      expect(leaked(result)).toEqual([]);
    }
  });
});

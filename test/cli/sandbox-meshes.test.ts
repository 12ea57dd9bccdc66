import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { type RunningSandbox, startSandboxConnection } from '../../cli/connection/sandbox/start-sandbox.ts';
import type { Connector } from '../../cli/run.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { sluice } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

let running: RunningSandbox | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

function specWith(router: unknown, canary = 'destination_service_name="{{canary}}"'): string {
  const document = parseDocument(cliSpec().replaceAll('destination_service_name="{{canary}}"', canary));
  document.setIn(['router'], router);
  return String(document);
}

async function startUp(text: string) {
  running = await startSandboxConnection({ clock: new VirtualClock(), speed: 1, specs: [{ file: 'checkout.yaml', text }], by: 'ada' });
  const { connection } = running;
  const connect: Connector = async () => ({ connection, close: async () => undefined });
  return (...argv: string[]) => sluice(argv, { connect });
}

const httpRoutes = [
  { httpRoute: 'shop', path: '/checkout' },
  { httpRoute: 'inside', rule: 'checkout' },
];
const ofSubset = 'destination_service_name="checkout-all",destination_workload="{{canary}}"';

describe('the command on a sandbox, with a spec for', () => {
  it.each([
    ['an HTTPRoute, by path and by name', specWith({ kind: 'gatewayApi', routes: httpRoutes })],
    ['subsets of one host', specWith({ kind: 'istio', routes: [{ virtualService: 'shop' }], subsets: { host: 'checkout-all' } }, ofSubset)],
  ])('%s, makes its routes, and rolls a good image out and a bad one back', async (_, text) => {
    const command = await startUp(text);
    expect((await command('start', 'checkout', 'v2', '--wait')).code).toBe(0);
    const { code, out } = await command('start', 'checkout', 'v3', '--wait', '--bad', '--json');
    expect([code, JSON.parse(out).phase]).toEqual([1, 'rolledBack']);
  });

  it.each([
    ['Linkerd', { kind: 'linkerd', routes: [{ httpRoute: 'shop' }] }, 'The sandbox has no Linkerd'],
    ['Consul', { kind: 'consul', routes: [{ serviceSplitter: 'checkout' }] }, 'The sandbox has no Consul'],
    ['TCP', { kind: 'istio', routes: [{ virtualService: 'shop', tcp: { port: 9000 } }] }, 'The sandbox moves HTTP requests'],
  ])('%s, says that the sandbox has no such mesh', async (_, router, message) => {
    await expect(startUp(specWith(router))).rejects.toThrow(message);
  });

  it('the Gateway API as in the examples, steers a GRPCRoute beside the HTTPRoute', async () => {
    const example = await readFile(new URL('../../examples/meshes/gateway-api/checkout.yaml', import.meta.url), 'utf8');
    const { router } = parseDocument(example).toJS();
    const command = await startUp(specWith(router));
    expect((await command('start', 'checkout', 'v2', '--wait')).code).toBe(0);
  });
});

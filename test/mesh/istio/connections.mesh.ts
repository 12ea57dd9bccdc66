import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { binomialInterval } from '../../contract/binomial.ts';
import { at } from '../../contract/router-hand.ts';
import { hasBenchOrSays } from '../bench/attach.ts';
import { openTcp } from '../bench/streams.ts';
import { until } from '../bench/until.ts';
import { eightAtATime, IstioStage, type Way } from './stage.ts';

/** Of no other Service in the mesh, since a TCP port of the sidecar leads to one. */
const ports = { sidecar: 9018, gateway: 9019, tls: 9443 };
const connections = 400;

/** Rows that are the same for all rules that know connections only: by weights, and by a door back to stable. */
function connectionRows(
  of: () => { stage: IstioStage; target: RouteTarget; versions: (count: number) => Promise<readonly string[]> },
): void {
  let fence = 0;
  const router = () => createRouter('istio', of().stage.bench.sluice);
  let before: KubernetesObject;
  const content = async () => {
    const { metadata, ...object } = await of().stage.read(
      of().target.routes.map((route) => ('virtualService' in route ? route.virtualService : ''))[0],
    );
    return { ...object, metadata: { name: metadata.name } };
  };
  const door = async () => {
    fence += 1;
    await router().write(of().target, at(0, fence, 'door'));
    await of().stage.settle();
  };

  beforeEach(async () => {
    before = await content();
    fence += 1;
    await router().write(of().target, at(0, fence, 'claim'));
  });
  afterEach(async () => {
    await door();
    await router().removeCanary(of().target, fence);
    expect(await content()).toStrictEqual(before);
  });

  it.each([0, 1, 25, 50, 99, 100])('give the canary the share of weight %i', async (weight) => {
    await router().write(of().target, at(weight, fence, 'owner'));
    expect(await router().read(of().target)).toMatchObject([{ split: { stable: 100 - weight, canary: weight } }]);
    await of().stage.settle();
    const versions = await of().versions(connections);
    const canary = versions.filter((version) => version === 'v2').length;
    const [least, most] = binomialInterval(connections, weight / 100);
    expect(canary).toBeGreaterThanOrEqual(least);
    expect(canary).toBeLessThanOrEqual(most);
    expect(versions.filter((version) => version === 'v1')).toHaveLength(connections - canary);
    await door();
    expect(new Set(await of().versions(40))).toEqual(new Set(['v1']));
  });

  it('are refused what only requests have', async () => {
    const found = await of().stage.read('web');
    const mirroring = router().write(of().target, at(50, fence, 'owner', { mirrorWeight: 5 }));
    await expect(mirroring).rejects.toMatchObject({ name: 'RouteRejectedError' });
    expect(await of().stage.read('web')).toEqual(found);
  });
}

const hasEnvoys = hasBenchOrSays('connections by VirtualServices need the Envoys of the bench.');

describe.runIf(hasEnvoys).each<[Way]>([['the gateway'], ['the sidecar']])('TCP connections through %s, by a tcp route of Istio,', (way) => {
  const port = way === 'the gateway' ? ports.gateway : ports.sidecar;
  let stage: IstioStage;

  beforeAll(async () => {
    stage = await IstioStage.open(way);
    const services = ['stable', 'canary'].map((side) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: side === 'stable' ? 'lines' : 'lines-canary' },
      spec: { selector: { app: 'web', side }, ports: [{ name: 'tcp', port, targetPort: 'tcp' }] },
    }));
    const tcp = [{ match: [{ port }], route: [{ destination: { host: 'lines', port: { number: port } } }] }];
    const gateways = way === 'the gateway' ? ['lines'] : ['mesh'];
    await stage.namespace.apply([...services, ...(way === 'the gateway' ? [gatewayOf(stage, 'lines', port, { protocol: 'TCP' })] : [])]);
    await stage.namespace.apply([stage.virtualService('web', { hosts: ['lines'], gateways, tcp })]);
    await until(async () => (await versions(20)).every((version) => version === 'v1'));
  });
  afterAll(() => stage?.close());

  const address = () => new URL(way === 'the gateway' ? stage.bench.gatewayUrl : stage.bench.meshUrl).hostname;
  const versions = (count: number) =>
    eightAtATime(count, async () => {
      const stream = await openTcp(address(), port);
      stream.close();
      return stream.version;
    });
  connectionRows(() => ({
    stage,
    target: {
      ...stage.target,
      routes: [{ virtualService: 'web', tcp: { port } }],
      stableService: 'lines',
      canaryService: 'lines-canary',
    },
    versions,
  }));
});

describe.runIf(hasEnvoys)('TLS connections through the gateway, which passes them on by their SNI, by a tls route of Istio,', () => {
  let stage: IstioStage;
  const servers: Server[] = [];

  beforeAll(async () => {
    stage = await IstioStage.open();
    const entries = await Promise.all(['v1', 'v2'].map(async (version) => secureEntry(stage, version, await serveTls(servers, version))));
    const destination = { host: 'secure', port: { number: ports.tls } };
    const tls = ['other', 'shop'].map((name) => ({
      match: [{ port: ports.tls, sniHosts: [`${name}.${stage.namespace.name}.example.com`] }],
      route: [{ destination }],
    }));
    await stage.namespace.apply([...entries, gatewayOf(stage, 'secure', ports.tls, { protocol: 'TLS', tls: { mode: 'PASSTHROUGH' } })]);
    const hosts = [`*.${stage.namespace.name}.example.com`];
    await stage.namespace.apply([stage.virtualService('web', { hosts, gateways: ['secure'], tls })]);
    await until(async () => (await versions(20)).every((version) => version === 'v1'));
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await stage?.close();
  });

  const sniHost = (name: string) => `${name}.${stage.namespace.name}.example.com`;
  const versions = (count: number, name = 'shop') =>
    eightAtATime(count, () => versionOverTls(new URL(stage.bench.gatewayUrl).hostname, sniHost(name)));
  const target = (): RouteTarget => ({
    ...stage.target,
    routes: [{ virtualService: 'web', tls: { sniHost: sniHost('shop') } }],
    stableService: 'secure',
    canaryService: 'secure-canary',
  });
  connectionRows(() => ({ stage, target: target(), versions }));

  it('stay with stable where their name is of another rule', async () => {
    const router = createRouter('istio', stage.bench.sluice);
    const [reading] = await router.read(target());
    await router.write(target(), at(100, reading?.fence ?? 0, 'owner'));
    await stage.settle();
    expect(new Set(await versions(40))).toEqual(new Set(['v2']));
    expect(new Set(await versions(40, 'other'))).toEqual(new Set(['v1']));
  });
});

/** A Gateway of the bench's Envoy with a port of its own. */
function gatewayOf(stage: IstioStage, name: string, number: number, { protocol, ...server }: { protocol: string; tls?: object }) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name },
    spec: {
      selector: { app: 'gateway' },
      servers: [{ ...server, port: { number, name, protocol }, bind: new URL(stage.bench.gatewayUrl).hostname, hosts: ['*'] }],
    },
  };
}

/** What Istio takes for the Service `secure` or `secure-canary`, at a port of this machine. */
function secureEntry(stage: IstioStage, version: string, port: number): KubernetesObject {
  const name = version === 'v1' ? 'secure' : 'secure-canary';
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name },
    spec: {
      hosts: [`${name}.${stage.namespace.name}.svc.cluster.local`],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: [{ number: ports.tls, name: 'tls', protocol: 'TLS' }],
      endpoints: [{ address: '127.0.0.1', ports: { tls: port } }],
    },
  };
}

/** TLS by a key that both sides know, which needs no certificate. */
const psk = Buffer.from('f00dfeedf00dfeedf00dfeedf00dfeed', 'hex');
const preShared: TlsOptions = { ciphers: 'PSK+HIGH', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };

/** Says its version to whoever connects. */
async function serveTls(servers: Server[], version: string): Promise<number> {
  const server = createTlsServer({ ...preShared, pskCallback: () => psk }, (socket) => {
    socket.on('error', () => undefined);
    socket.end(version);
  });
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function versionOverTls(host: string, servername: string): Promise<string> {
  const socket = connect({
    ...preShared,
    host,
    port: ports.tls,
    servername,
    pskCallback: () => ({ psk, identity: 'user' }),
    checkServerIdentity: () => undefined,
  });
  const [version] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return version.toString();
}

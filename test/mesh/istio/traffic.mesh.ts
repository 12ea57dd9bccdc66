import { describe } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { realTrafficContract } from '../../contract/real-traffic.ts';
import { hasBenchOrSays } from '../bench/attach.ts';
import { IstioStage, type Way } from './stage.ts';

const hasEnvoys = hasBenchOrSays('requests by VirtualServices need the Envoys of the bench.');

const rule = (destination: object) => ({
  name: 'web',
  match: [{ uri: { prefix: '/shop' } }],
  route: [{ destination }],
  retries: { attempts: 0 },
});

/** Between the two Services of the bench. */
const services = {
  mode: 'between two Services',
  lead: (stage: IstioStage) => stage.lead([rule({ host: 'web' })]),
  subsets: {},
};

/** Between subsets of one Service over both versions. */
const subsets = {
  mode: 'between subsets of one host',
  lead: (stage: IstioStage) => {
    const both: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'both' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    };
    const sides = ['stable', 'canary'].map((side) => ({ name: side, labels: { side } }));
    return stage.lead([rule({ host: 'both', subset: 'stable' })], both, stage.destinationRule('both', { subsets: sides }));
  },
  subsets: { subsets: { host: 'both', stable: 'stable', canary: 'canary' } },
};

const rows: readonly [Way, typeof services | typeof subsets][] = [
  ['the gateway', services],
  ['the sidecar', services],
  ['the gateway', subsets],
];
for (const [way, { mode, lead, subsets }] of rows) {
  describe.runIf(hasEnvoys)(`Istio, ${mode}, through ${way}`, () => {
    realTrafficContract(`a VirtualService of the bench, ${mode}, through ${way}`, 'istio', async () => {
      const stage = await IstioStage.open(way);
      await lead(stage);
      const target: RouteTarget = { ...stage.target, ...subsets };
      return {
        router: createRouter('istio', stage.bench.sluice),
        target,
        send: (count, request) => stage.send(count, request),
        received: () => stage.received(),
        settle: () => stage.settle(),
        objects: async () => [await stage.read()],
        ...(mode === services.mode ? {} : { requests: 200 }),
        close: () => stage.close(),
      };
    });
  });
}

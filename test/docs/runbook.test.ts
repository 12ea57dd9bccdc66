import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { FencedError } from '../../core/errors.ts';
import type { JsonPatchOperation } from '../../core/ports.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { abortForPerson } from '../../runtime/acts/abort-for-person.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { clusterWith, mainRule, put, refTo, target, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { underWay } from '../adapters/store/rollouts-for-tests.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const [, patch = '[]'] = /--type json --patch '(\[.*?\])'/s.exec(runbook) ?? [];
const operations = JSON.parse(patch) as JsonPatchOperation[];

/** The route of the runbook's example, with half of the traffic on the canary under fence 7. */
async function halfWay() {
  const routes = [{ virtualService: 'checkout', http: 'primary' }];
  const api = await clusterWith(virtualService('checkout', [{ ...mainRule, name: 'primary' }]));
  const router = createRouter('istio', api);
  const primary = { ...target, routes };
  await router.write(primary, { split: splitAt(0, 100), fence: 7, role: 'claim' });
  await router.write(primary, { split: splitAt(50, 100), fence: 7, role: 'owner' });
  return {
    api,
    read: () => router.read(primary),
    raise: () => router.write(primary, { split: splitAt(60, 100), fence: 7, role: 'owner' }),
  };
}

describe('traffic by hand, as the runbook writes it', () => {
  it('puts all weight on stable under a new fence', async () => {
    const { api, read } = await halfWay();
    expect(await api.write({ jsonPatch: refTo('checkout'), operations })).toMatchObject({ status: 'written' });
    expect(await read()).toMatchObject([{ split: { stable: 100, canary: 0 }, fence: 8 }]);
  });

  it('T3: keeps a writer of Sluice out that comes late', async () => {
    const { api, raise } = await halfWay();
    await api.write({ jsonPatch: refTo('checkout'), operations });
    await expect(raise()).rejects.toThrow(FencedError);
  });

  it('writes nothing where the rules were counted wrongly', async () => {
    const { api } = await halfWay();
    const operation = { op: 'add', path: '/spec/http/0', value: { ...mainRule, name: 'before' } } as const;
    await api.write({ jsonPatch: refTo('checkout'), operations: [operation] });
    expect(await api.write({ jsonPatch: refTo('checkout'), operations })).toMatchObject({ status: 'conflict' });
  });
});

describe('a service whose rollback has failed', () => {
  it('is rolled back anew by `sluice abort`, as the runbook says', async () => {
    const { store, clock, rollouts, held, record } = await underWay();
    await rollouts.end(held, { phase: 'failed' });
    const api = await clusterWith();
    await put(api, virtualService('checkout', [mainRule]));
    const started: string[] = [];
    const executions = {
      start: async (_: string, name: string) => {
        started.push(name);
        return 'started' as const;
      },
      describe: async () => ({ status: 'running' as const }),
      stop: async () => undefined,
    };
    const deps = { store, clock, clusters: { open: () => api }, executions, log: createMemoryLog() };
    await abortForPerson(deps, { rollout: 'checkout', by: 'ada', why: 'looked at it' }).catch(() => undefined);
    expect((await rollouts.load('checkout', record.rolloutId)).record).toMatchObject({ phase: 'rollingBack', fence: record.fence + 1 });
    expect(started).toEqual([`checkout-${record.fence + 1}-1`]);
  });
});

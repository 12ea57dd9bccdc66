import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { RouteRejectedError, WriteConflictError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { at } from '../../contract/router-hand.ts';
import { clusterWith, mainRule, routeOf, target, virtualService } from './istio/virtual-services.ts';

const objection = 'spec.http[0].timeout: Invalid value: must be a valid duration';

/** An API server whose schema does not allow what is written: its answer has the status of a test that failed. */
async function objecting() {
  const cluster = await clusterWith(virtualService('checkout', [mainRule]));
  await createRouter('istio', cluster).write(target, at(0, 1, 'claim'));
  let asked = 0;
  const api: KubernetesApi = {
    read: (ref) => cluster.read(ref),
    list: (ref, selector) => cluster.list(ref, selector),
    remove: (ref, preconditions) => cluster.remove(ref, preconditions),
    write: async () => {
      asked += 1;
      return { status: 'conflict', message: objection };
    },
  };
  return { cluster, api, asked: () => asked };
}

describe('a write that the API server objects to, although nobody else has written', () => {
  it('is rejected in its words, and not tried again', async () => {
    const { cluster, api, asked } = await objecting();
    const before = await routeOf(cluster);
    const write = createRouter('istio', api).write(target, at(50, 1, 'owner'));
    await expect(write).rejects.toThrow(RouteRejectedError);
    await expect(write).rejects.toThrow(objection);
    expect(asked()).toBe(1);
    expect(await routeOf(cluster)).toEqual(before);
  });

  it('is tried on and on by a door, which the error tells to come again', async () => {
    const { api, asked } = await objecting();
    await expect(createRouter('istio', api).write(target, at(0, 2, 'door'))).rejects.toThrow(WriteConflictError);
    expect(asked()).toBe(5);
  });

  it('is tried again where somebody else has written anything meanwhile', async () => {
    const { cluster, api } = await objecting();
    let others = 0;
    const busy: KubernetesApi = {
      ...api,
      write: async (write) => {
        others += 1;
        const labels = { op: 'replace', path: '/metadata/labels/team', value: `team-${others}` } as const;
        await cluster.write('jsonPatch' in write ? { jsonPatch: write.jsonPatch, operations: [labels] } : write);
        return api.write(write);
      },
    };
    await expect(createRouter('istio', busy).write(target, at(50, 1, 'owner'))).rejects.toThrow(WriteConflictError);
  });
});

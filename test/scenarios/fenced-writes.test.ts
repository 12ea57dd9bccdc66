import { describe, expect, it } from 'vitest';
import type { DeletePreconditions, KubernetesApi, KubernetesWrite, StoreChange } from '../../core/ports.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { alarmDuringBake } from './list/alarm-during-bake.ts';
import { outsideUnpinRestored } from './list/outside-edit-of-workload.ts';
import { pushLost } from './list/pushes.ts';
import { runScenario } from './run-scenario.ts';

const fencePath = /^\/metadata\/annotations\/[^/]*fence[^/]*$|^\/metadata\/annotations$/;
const versionPath = '/metadata/resourceVersion';

/** Why a write of the cluster could come late and do harm, or undefined. */
function unfenced(write: KubernetesWrite): string | undefined {
  if ('mergePatch' in write) return 'a merge patch tests nothing';
  if ('create' in write) {
    const carries = Object.keys(write.object.metadata.annotations ?? {}).some((name) => name.includes('fence'));
    return carries ? undefined : 'it is created without a fence';
  }
  const tests = write.operations.some(({ op, path }) => op === 'test' && (fencePath.test(path) || path === versionPath));
  const carries = write.operations.some(({ path }) => fencePath.test(path));
  return tests && carries ? undefined : `it tests or carries no fence: ${JSON.stringify(write.operations)}`;
}

const unconditional = ({ uid, resourceVersion }: DeletePreconditions) =>
  uid === '' || resourceVersion === undefined ? 'it would remove whatever is there' : undefined;

/** A record or a lock is written only where it is what was read, or where there is none. */
function unowned(changes: readonly StoreChange[]): string[] {
  return changes.flatMap((change) => {
    const key = 'put' in change ? change.put : 'remove' in change ? change.remove : undefined;
    if (key === undefined || !/^(locks|rollouts#.*)$/.test(key.partition)) return [];
    const { expect: expected } = change as Exclude<StoreChange, { readonly check: unknown }>;
    return expected === 'absent' || (typeof expected === 'object' && 'version' in expected) ? [] : [`${key.partition} is written anyhow`];
  });
}

/** Everything that Lambdas write while a scenario is played: how much, and what of it carries no fence. */
async function writesOf(scenario: Parameters<typeof runScenario>[0]) {
  const counts = { create: 0, jsonPatch: 0, remove: 0, store: 0 };
  const wrong: string[] = [];
  const noted = (act: string, what: string, why: string | undefined) => {
    if (why !== undefined) wrong.push(`${act}, ${what}: ${why}`);
  };
  const noting = (api: KubernetesApi, act: string): KubernetesApi => ({
    read: (ref) => api.read(ref),
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => {
      counts['create' in write ? 'create' : 'jsonPatch'] += 1;
      noted(act, JSON.stringify(Object.values(write)[0]), unfenced(write));
      return api.write(write);
    },
    remove: (ref, preconditions) => {
      counts.remove += 1;
      noted(act, ref.name, unconditional(preconditions));
      return api.remove(ref, preconditions);
    },
  });
  const wrapDeps = (deps: Deps, act?: string): Deps =>
    act === undefined
      ? deps
      : {
          ...deps,
          clusters: { open: (endpoint) => noting(deps.clusters.open(endpoint), act) },
          store: {
            read: (key) => deps.store.read(key),
            list: (partition) => deps.store.list(partition),
            write: (changes) => {
              counts.store += 1;
              for (const why of unowned(changes)) noted(act, 'the store', why);
              return deps.store.write(changes);
            },
          },
        };
  await runScenario({ ...scenario, requestsPerSecond: 10 }, { clock: new VirtualClock(), wrapDeps });
  return { counts, wrong: [...new Set(wrong)] };
}

describe('T3: every write that a Lambda makes carries the fence of its rollout', () => {
  it.each([pushLost, alarmDuringBake, outsideUnpinRestored].map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_, scenario) => {
      const { counts, wrong } = await writesOf(scenario);
      expect(Object.values(counts).every((count) => count > 0)).toBe(true);
      expect(wrong).toEqual([]);
    },
  );
});

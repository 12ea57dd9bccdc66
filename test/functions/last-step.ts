import type { KubernetesApi, RolloutStore, RouteTarget } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import type { Deps } from '../../runtime/deps.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';

interface LastStep {
  readonly clock: SandboxClock;
  readonly store: RolloutStore;
  readonly api: KubernetesApi;
  readonly record: RolloutRecord;
  readonly routerKind: RouterKind;
  readonly target: RouteTarget;
}

/** What the Tasks of a rollout under fence 1 are given when its last step, the third, is done. */
export function atLastStep({ clock, store, api, record, routerKind, target }: LastStep) {
  const deps = {
    ...{ clock, store, log: createMemoryLog(), clusters: { open: () => api } },
    events: { publish: async () => undefined },
  } as unknown as Deps;
  const payload = {
    ...{ payloadVersion, rollout: record.rollout, rolloutId: record.rolloutId, fence: 1, stepIndex: 2 },
    ...{ outcome: '', waitSeconds: 0, watchSeconds: 0 },
    door: { cluster: record.cluster, routerKind, target },
  };
  return { deps, payload };
}

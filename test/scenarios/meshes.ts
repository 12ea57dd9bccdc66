import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import type { SplitChange } from './witness.ts';

type Service = SandboxOptions['services'][number];

/** The usual service, on another kind of route. */
export function checkoutOn(mesh: NonNullable<Service['mesh']>): SandboxOptions['services'] {
  return [
    {
      name: 'checkout',
      namespace: 'shop',
      replicas: 4,
      tag: 'v1',
      mesh,
      virtualService: 'shop',
      pathPrefix: '/',
      autoscalerMinReplicas: 2,
    },
  ];
}

/** Longer than a change of a route takes to reach the proxy. */
const propagationMs = 1000;

export interface Moments {
  /** From when on the weights of the rollout are what requests meet. */
  readonly underWayMs: number;
  /** When the canary's weight went down to nothing. */
  readonly endedMs: number;
  /** From when on nobody is asked to see it any more. */
  readonly quietMs: number;
}

/** The moments of a service's only rollout, by what its route said. */
export function momentsOf(splits: readonly SplitChange[], service = 'checkout'): Moments {
  const own = splits.filter((change) => change.service === service);
  const raised = own.find(({ canary }) => canary > 0)?.atMs ?? Number.POSITIVE_INFINITY;
  const ended = own.find(({ atMs, canary }) => atMs > raised && canary === 0)?.atMs ?? Number.POSITIVE_INFINITY;
  return { underWayMs: raised + propagationMs, endedMs: ended, quietMs: ended + propagationMs };
}

/** From when on requests meet a weight of the canary, and until when they do. */
export function spanAt(splits: readonly SplitChange[], weight: number, service = 'checkout'): readonly [fromMs: number, toMs: number] {
  const own = splits.filter((change) => change.service === service);
  const from = own.findIndex(({ canary }) => canary === weight);
  const next = own.slice(from + 1).find(({ canary }) => canary !== weight);
  return [(own[from]?.atMs ?? Number.NaN) + propagationMs, next?.atMs ?? Number.POSITIVE_INFINITY];
}

/** Only the alarm judges, and it has time to while the canary has half of the requests. */
export function judgedByAlarm(usual: RolloutSpecSource): RolloutSpecSource {
  const steps = [
    { weight: 10, bake: '10s' },
    { weight: 50, bake: '30s' },
    { weight: 100, bake: '10s' },
  ];
  return { ...usual, steps, analysis: { interval: '1s', alarms: [`${usual.name}-errors`] } };
}

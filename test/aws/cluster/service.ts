import { type Readiness, readReadiness } from '../../../adapters/eks/workload/readiness.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { DeadlineExceededError, NotFoundError } from '../../../core/errors.ts';
import type { Clock, KubernetesApi } from '../../../core/ports.ts';
import { type RolloutSpecSource, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import type { Means } from '../means.ts';

/** How the stories see the service under test: its route and its image, as the cluster says them. */
export function lookAtService(api: KubernetesApi, source: RolloutSpecSource): Pick<Means, 'route' | 'stableImage'> {
  const spec = rolloutSpec.parse(source);
  return {
    async route() {
      const [reading] = await createRouter(spec.router.kind, api).read(routeTargetOf(spec));
      if (reading === undefined) throw gone('VirtualService', source);
      return reading.split;
    },
    async stableImage() {
      const { image } = await readStable(api, source);
      if (image === undefined) throw gone('Deployment', source);
      return image;
    },
  };
}

/** @throws DeadlineExceededError with what the pods say, where stable is not ready in time; the signal's reason after Ctrl-C. */
export async function untilStableReady(
  { api, clock }: { readonly api: KubernetesApi; readonly clock: Clock },
  source: RolloutSpecSource,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const endMs = clock.now() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const { settled, readyEndpoints, desired, crashing } = await readStable(api, source);
    if (settled && readyEndpoints >= desired) return;
    if (clock.now() > endMs) {
      const why = crashing === undefined ? '' : ` ${crashing}`;
      throw new DeadlineExceededError(`After ${seconds} s, ${readyEndpoints} of ${desired} pods of the stable image are ready.${why}`, {
        remedy: `Give the port that it listens on with --port, or see \`kubectl --namespace ${source.namespace} get pods\` with --keep.`,
      });
    }
    await clock.sleep(1000, signal);
  }
}

function readStable(api: KubernetesApi, source: RolloutSpecSource): Promise<Readiness> {
  const { namespace, deployment, container, stableService: service } = workloadNamesOf(rolloutSpec.parse(source));
  return readReadiness(api, { namespace, deployment, container, service });
}

function gone(what: string, { name, namespace }: RolloutSpecSource): NotFoundError {
  return new NotFoundError(`The ${what} of ${name} is not in the namespace ${namespace} any more.`, {
    remedy: 'Somebody removed it during the test; run it again.',
  });
}

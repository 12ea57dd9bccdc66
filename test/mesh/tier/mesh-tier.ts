import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts';
import { openInProcess } from '../../scenarios/in-process-tier.ts';
import type { Opening, OpenTier, Tier } from '../../scenarios/tier.ts';
import { changeQueries } from '../../scenarios/usual.ts';
import { watchedStore } from '../../scenarios/watched-store.ts';
import type { BenchDescription } from '../bench/description.ts';
import type { Bench } from '../bench/types.ts';
import { hostIn, startMeshSurroundings } from './mesh-surroundings.ts';

/** There is nothing that the bench can't give a story: what breaks inside of Sluice breaks in this process. */
export const lacking: Tier['lacks'] = {};

/** Seconds of a story are those of a cluster that does nothing else. */
const slackOfTime = 10;

/** How often the sweep comes round here is the sandbox's. */
const sweepEverySeconds = 60;

/** For those who break what Sluice asks of the world, and not only what a story may. */
export interface Breaking {
  readonly around: (clock: SandboxClock) => Required<Pick<SandboxOptions, 'wrapDeps' | 'wrapFunction'>>;
  readonly onSandbox: (sandbox: Sandbox) => void;
}

/**
 * Both state machines and all functions in this process, on a real clock; the cluster, its API server with RBAC on, its mesh, traffic and
 * Prometheus are the bench's.
 */
export function meshTier(bench: Bench, description: BenchDescription, breaking?: Breaking): Tier {
  return {
    name: 'mesh',
    lacks: lacking,
    exact: false,
    lookEveryMs: 50,
    sweepEverySeconds,
    patienceSeconds: 300,
    slackOfTime,
    open: (opening) => open(bench, description, opening, breaking),
  };
}

async function open(
  bench: Bench,
  description: BenchDescription,
  { clock, services, mishaps, onRollback }: Opening,
  breaking: Breaking | undefined,
): Promise<OpenTier> {
  const fresh = await bench.freshNamespace('shop');
  const namespace = fresh.name;
  const store = watchedStore(onRollback);
  const sandbox = await startSandbox({
    clock,
    services,
    store: mishaps.wrapStore(store),
    wrapFunction: mishaps.wrapFunction,
    ...breaking?.around(clock),
    surroundings: (options) => startMeshSurroundings({ bench, description, namespace }, options),
  });
  breaking?.onSandbox(sandbox);
  return {
    ...openInProcess(sandbox, store, services),
    adapt: (spec) => adaptToMesh(spec, description.clusterName, namespace),
    hostOf: (virtualService) => hostIn(namespace, virtualService),
    settle: () => clock.sleep(500),
    async close() {
      await sandbox.close();
      await fresh.remove();
    },
  };
}

/** Real time passes: cores that are at work on other things must not look like a slow canary, or one without traffic. */
const slackOfLatency = 5;

/** Where a spec of the sandbox is to be played here. */
export function adaptToMesh(spec: RolloutSpecSource, cluster: string, namespace: string): RolloutSpecSource {
  const { analysis } = spec;
  const inNamespace = (query: string) =>
    query.replaceAll('destination_service_name=', `destination_service_namespace="{{namespace}}",destination_service_name=`);
  // The bench names the workload of a subset after the Service of both sides: its Envoys know no workloads.
  const bySubset = (query: string) => query.replaceAll('destination_workload="{{canary}}"', 'destination_version="canary"');
  return {
    ...spec,
    cluster,
    namespace,
    analysis: {
      ...analysis,
      ...(analysis.metrics === undefined
        ? {}
        : {
            metrics: changeQueries(analysis.metrics, (metric) => ({
              ...metric,
              query: bySubset(inNamespace(metric.query)),
              ...(metric.name.startsWith('latency') && metric.max !== undefined ? { max: metric.max * slackOfLatency } : {}),
            })),
          }),
    },
  };
}

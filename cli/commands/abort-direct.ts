import { systemClock } from '../../adapters/clock.ts';
import { readReadiness } from '../../adapters/eks/workload/readiness.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { routeName } from '../../adapters/mesh/route-name.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { KubernetesApi } from '../../core/ports.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../runtime/acts/door-target.ts';
import { restoreTrafficWithoutStore, type TrafficRestored } from '../../runtime/acts/restore-traffic.ts';
import type { Log } from '../../runtime/log.ts';
import { openKubeconfig } from '../connection/kubeconfig/open-kubeconfig.ts';
import { exitCodes } from '../output/exit-code.ts';
import type { Io } from '../output/io.ts';
import type { Run } from './command.ts';
import { parseOrThrow, readSpecFile, specFileOf } from './spec-files.ts';

export interface DirectOptions {
  readonly file?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * Aborts without the controller, with a kubeconfig alone (O5): for the day on which AWS, or Sluice itself, does not answer. It writes
 * the safe split and a tombstone, a fence above the one on the route, so that whatever still runs is refused.
 *
 * @throws SpecInvalidError, RouteRejectedError, ClusterUnavailableError, ClusterForbiddenError
 */
export function abortDirect(rollout: string, options: DirectOptions): Run {
  return async (context) => {
    const { io } = context;
    const file = options.file ?? specFileOf(rollout);
    const spec = parseOrThrow(await readSpecFile(io.cwd, file));
    if (spec.name !== rollout) {
      throw new InvalidInputError(`${file} is the spec of ${spec.name}, not of ${rollout}.`, { remedy: 'Name the right one with --file.' });
    }
    const opened = await openKubeconfig({
      file: options.kubeconfig,
      context: options.context,
      cwd: io.cwd,
      environment: io.environment,
      clock: systemClock,
    });
    const target = routeTargetOf(spec);
    const router = createRouter(spec.router.kind, opened.api);
    const log = warningsTo(io);
    const place = { api: opened.api, kind: spec.router.kind, router, target };
    const restored = await restoreTrafficWithoutStore({ log }, place, 0, 'stable');
    if (restored.side === 'stable') await warnIfUnsettled(log, opened.api, spec);
    const { namespace } = spec;
    const routes = spec.router.routes.map((route) => ({ namespace, ...route, split: restored.split, fence: restored.fence }));
    context.print(
      { rollout, context: opened.context, server: opened.server, side: restored.side, routes },
      [...writtenLines(spec, opened, restored), '', ...leftLines(spec, restored)].join('\n'),
    );
    return exitCodes.fine;
  };
}

/**
 * Without the store nobody knows whether a promotion is half-way, in which the canary is the safe side. A stable that is being replaced is
 * the sign of it. The traffic has moved already: looking is not worth a wait.
 */
async function warnIfUnsettled(log: Log, api: KubernetesApi, spec: RolloutSpec): Promise<void> {
  const { namespace, container, deployment, stableService: service } = workloadNamesOf(spec);
  const name = `Deployment ${namespace}/${deployment}`;
  try {
    const { settled, readyEndpoints } = await readReadiness(api, { namespace, container, deployment, service });
    if (!settled) {
      log.warn(`stable, which has all the traffic now, is not settled; it may be half-way through a promotion`, {
        unsettled: `${name} has ${readyEndpoints} ready endpoints: kubectl --namespace ${namespace} rollout status deployment/${deployment}`,
      });
    }
  } catch (error) {
    log.warn('could not look whether stable is settled', { unread: name, why: error instanceof Error ? error.message : String(error) });
  }
}

function writtenLines(spec: RolloutSpec, opened: { context: string; server: string }, restored: TrafficRestored): string[] {
  const { side, split, fence } = restored;
  const routes = spec.router.routes.map(
    (route) => `  ${routeName(route, spec.namespace)}: stable ${split.stable}, canary ${split.canary}, fence ${fence}`,
  );
  return [`All traffic of ${spec.name} is on ${side}. Written in ${opened.context} (${opened.server}), and read back:`, ...routes];
}

function leftLines(spec: RolloutSpec, { side }: TrafficRestored): string[] {
  const { namespace, canaryDeployment, canaryService, deployment } = workloadNamesOf(spec);
  const kubectl = `kubectl --namespace ${namespace}`;
  const removal =
    side === 'stable'
      ? [
          '  The canary still runs. If the controller is gone for good, and no traffic reaches it any more, remove it by hand:',
          `    ${kubectl} delete deployment/${canaryDeployment} service/${canaryService}`,
        ]
      : [
          '  Stable has no ready pod, so traffic is on the canary. Do not remove it before stable is ready:',
          `    ${kubectl} rollout status deployment/${deployment}`,
        ];
  return [
    'What is left to do:',
    '  If the controller runs, nothing: its next write is refused, and it rolls back by itself. See `sluice status`.',
    ...removal,
    `  Stable's autoscaler may still be pinned: ${kubectl} get horizontalpodautoscalers`,
  ];
}

/** A side whose endpoints could not be counted is worth a line; nothing else is said on the way. */
function warningsTo(io: Io): Log {
  const log: Log = {
    info: () => undefined,
    warn: (message, fields = {}) => io.err(`warning: ${message}: ${Object.values(fields).join(', ')}\n`),
    error: (message, error) => io.err(`warning: ${message}: ${String(error)}\n`),
    metrics: () => undefined,
    with: () => log,
  };
  return log;
}

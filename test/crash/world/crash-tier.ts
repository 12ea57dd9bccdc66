import { sweepEverySeconds } from '../../../runtime/event-patterns.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { openInProcess } from '../../scenarios/in-process-tier.ts';
import type { Tier } from '../../scenarios/tier.ts';
import { watchedStore } from '../../scenarios/watched-store.ts';
import { interposedSandbox } from '../interposed-sandbox.ts';
import type { Interposer } from '../interposer.ts';
import '../../../adapters/mesh/gateway-api/inspect.ts';
import '../../../adapters/mesh/inspect-routes.ts';
import '../../../adapters/mesh/istio/inspect.ts';
import { directApi } from './direct-api.ts';
import { startLightSurroundings } from './light-surroundings.ts';

/** The sandbox without requests, with an interposer before every port of every Lambda. */
export function crashTier(interposer: Interposer, onSandbox: (sandbox: Sandbox) => void): Tier {
  return {
    name: 'crash',
    lacks: {},
    exact: true,
    lookEveryMs: 250,
    sweepEverySeconds,
    patienceSeconds: 1800,
    async open({ clock, services, onRollback }) {
      const store = watchedStore(onRollback);
      const { wrapDeps, wrapFunction } = interposedSandbox(interposer, clock);
      let sandbox: Sandbox | undefined;
      const started = await startSandbox({
        clock,
        services,
        store,
        surroundings: startLightSurroundings,
        wrapDeps: (deps, act) => {
          if (act === undefined) return deps;
          const clusters = {
            open: () => {
              if (sandbox === undefined) throw new Error('the sandbox has not started yet');
              return directApi(sandbox.kubernetes);
            },
          };
          return wrapDeps({ ...deps, clusters }, act);
        },
        wrapFunction,
      });
      sandbox = started;
      onSandbox(started);
      return openInProcess(started, store, services);
    },
  };
}

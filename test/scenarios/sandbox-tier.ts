import { sweepEverySeconds } from '../../runtime/event-patterns.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { openInProcess } from './in-process-tier.ts';
import type { Tier } from './tier.ts';
import { watchedStore } from './watched-store.ts';

export interface SandboxTierOptions extends Pick<SandboxOptions, 'log' | 'onState' | 'wrapDeps'> {
  /** Called when everything runs. */
  readonly onSandbox?: (sandbox: Sandbox) => void;
}

/** Everything in one process, on whatever clock: it can do all that a story may ask for. */
export function sandboxTier({ onSandbox, ...options }: SandboxTierOptions = {}): Tier {
  return {
    name: 'sandbox',
    lacks: {},
    exact: true,
    lookEveryMs: 50,
    sweepEverySeconds,
    patienceSeconds: 1800,
    async open({ clock, services, mishaps, onRollback }) {
      const store = watchedStore(onRollback);
      const sandbox = await startSandbox({
        ...options,
        clock,
        services,
        store: mishaps.wrapStore(store),
        wrapFunction: mishaps.wrapFunction,
      });
      onSandbox?.(sandbox);
      return openInProcess(sandbox, store, services);
    },
  };
}

import { sweepEverySeconds } from '../../runtime/event-patterns.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { openInProcess } from './in-process-tier.ts';
import type { Tier } from './tier.ts';
import { watchedStore } from './watched-store.ts';

export interface SandboxTierOptions extends Pick<SandboxOptions, 'log' | 'onState' | 'wrapDeps'> {
  /** Called when everything runs. */
  readonly onSandbox?: (sandbox: Sandbox) => void;
}

/** It can do all that a story may ask for, on whatever clock. */
export const sandboxTraits = {
  name: 'sandbox',
  lacks: {},
  exact: true,
  lookEveryMs: 50,
  sweepEverySeconds,
  patienceSeconds: 1800,
} as const satisfies Omit<Tier, 'open'>;

/** Everything in one process. */
export function sandboxTier({ onSandbox, ...options }: SandboxTierOptions = {}): Tier {
  return {
    ...sandboxTraits,
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

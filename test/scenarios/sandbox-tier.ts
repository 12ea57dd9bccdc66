import { sweepEverySeconds } from '../../runtime/event-patterns.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import type { Tier } from './tier.ts';
import { putUsualAlarm } from './usual.ts';
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
      let started = 0;
      return {
        setting: sandbox,
        store,
        fenceBefore: 0,
        async start(input) {
          started += 1;
          const name = `console-${started}`;
          await sandbox.engine.start('rollout', name, input);
          return sandbox.engine.arnOf('rollout', name);
        },
        stop: (arn) => sandbox.engine.stop(arn, 'Stopped in the console.'),
        putUsualAlarm: (service) => putUsualAlarm(sandbox, service, services.find(({ name }) => name === service)?.mesh),
        alarmName: (name) => name,
        adapt: (spec) => spec,
        settle: async () => undefined,
        close: () => sandbox.close(),
      };
    },
  };
}

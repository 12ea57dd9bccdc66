import type { RolloutStore } from '../../core/ports.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import type { OpenTier } from './tier.ts';
import { putUsualAlarm } from './usual.ts';

/** A tier whose state machines and functions run in this process, whatever cluster they act on. */
export function openInProcess(sandbox: Sandbox, store: RolloutStore, services: SandboxOptions['services']): OpenTier {
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
}

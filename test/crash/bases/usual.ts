import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { HandAlarm, judgedByHand } from '../../scenarios/by-hand.ts';
import type { Stage } from '../../scenarios/stage.ts';
import type { BaseRun } from '../base-run.ts';
import type { Watcher } from '../watcher.ts';

/** Half, then all, two seconds each, judged once a second by an alarm that somebody sets: every state of the machine, as seldom as can be. */
export function brief(usual: RolloutSpecSource): RolloutSpecSource {
  return {
    ...judgedByHand(usual),
    steps: [
      { weight: 50, bake: '2s' },
      { weight: 100, bake: '2s' },
    ],
    deadlines: { ready: '60s', drain: '2s', rollout: '10m' },
  };
}

/** What a story has at hand. */
export interface Hands {
  readonly stage: Stage;
  readonly sandbox: Sandbox;
  readonly watcher: Watcher;
  readonly alarm: HandAlarm;
}

interface BaseParts extends Omit<BaseRun, 'prepare'> {
  readonly spec?: (usual: RolloutSpecSource) => RolloutSpecSource;
  readonly tell: (hands: Hands) => Promise<void>;
}

/** A base run whose alarm is OK until the story sets it. */
export function baseRun({ spec = brief, tell, ...base }: BaseParts): BaseRun {
  return {
    ...base,
    prepare: (stage, sandbox, watcher) => {
      const alarm = HandAlarm.make(stage);
      return { spec, tell: () => tell({ stage, sandbox, watcher, alarm }) };
    },
  };
}

/** A version's pods take so long from now on that what waits for them can be met while it waits. */
export function slowPods({ sandbox }: Hands, readyAfterMs: number, version = 'v2'): void {
  sandbox.fleet.behave(version, { pod: { readyAfterMs } });
}

/** Ends the running execution as somebody in the console, and nobody is told. */
export async function stopUnheard({ stage, sandbox }: Hands, machine: 'rollout' | 'rollback'): Promise<void> {
  const running = sandbox.engine.executions.find((one) => one.machine === machine && one.status === 'running');
  if (running === undefined) return;
  const pattern = { source: ['aws.states'], detail: { executionArn: [running.arn], status: ['ABORTED'] } };
  sandbox.bus.injectFault({ kind: 'drop', pattern });
  await stage.stop(running);
}

import type { Stage } from '../../scenarios/stage.ts';
import type { Bench, ProcessName } from '../bench/types.ts';

/** When users may be failed, by the clock of the stages. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Something that breaks while rollouts are under way, one in each phase. */
export interface ChaosFault {
  readonly name: string;
  /** Breaks it and mends it; returns when users may have been failed by the fault itself, or undefined where they may not. */
  inject(bench: Bench, stages: readonly Stage[]): Promise<Outage | undefined>;
}

const sleep = (stage: Stage | undefined, seconds: number) => stage?.sleep(seconds);
const nowOf = (stages: readonly Stage[]) => stages[0]?.sandbox.clock.now() ?? 0;

/** kill -9, and back after a while. */
function killed(name: ProcessName, seconds: number, servesUsers = false): ChaosFault {
  return {
    name: `${name} is killed, and is back after ${seconds} s`,
    async inject(bench, stages) {
      const fromMs = nowOf(stages) - 200;
      await bench.processes[name].kill();
      await sleep(stages[0], seconds);
      await bench.processes[name].start();
      // A proxy that answers its admin port may still be without its routes for a moment.
      return servesUsers ? { fromMs, toMs: nowOf(stages) + 5000 } : undefined;
    },
  };
}

export const chaosFaults: readonly ChaosFault[] = [
  killed('kube-apiserver', 8),
  killed('istiod', 8),
  killed('gateway', 1, true),
  killed('prometheus', 8),
  {
    name: 'every execution is stopped, and nobody is told: the engine is gone',
    async inject(_bench, stages) {
      for (const stage of stages) {
        stage.sandbox.bus.injectFault({ kind: 'drop', pattern: { source: ['aws.states'] } });
        for (const execution of stage.sandbox.engine.executions) {
          if (execution.status === 'running') await stage.stop(execution);
        }
      }
      return undefined;
    },
  },
  {
    name: 'the API server is slow: 3 s for each answer, for 15 s',
    async inject(_bench, stages) {
      const ends = stages.map((stage) => stage.sandbox.kubernetes.faults.add({}, { kind: 'slow', delayMs: 3000 }));
      await sleep(stages[0], 15);
      for (const end of ends) end();
      return undefined;
    },
  },
  {
    name: 'the API server cannot be reached at all, for 20 s',
    async inject(_bench, stages) {
      for (const stage of stages) stage.sandbox.kubernetes.faults.unreachable = true;
      await sleep(stages[0], 20);
      for (const stage of stages) stage.sandbox.kubernetes.faults.clear();
      return undefined;
    },
  },
];

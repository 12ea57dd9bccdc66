import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Stage } from '../../scenarios/stage.ts';

/** A rollout that stays long enough in one phase for something to happen to it there. */
export interface HeldPhase {
  readonly name: string;
  readonly versions?: Scenario['versions'];
  readonly spec: (usual: RolloutSpecSource) => RolloutSpecSource;
  /** Resolves when the rollout is in the phase. */
  arrive(stage: Stage): Promise<void>;
  /** How it may end, with nothing but the fault in its way. */
  readonly ends: readonly ('succeeded' | 'rolledBack')[];
}

const slowPodsMs = 15_000;
const step = (weight: number, bake: string) => ({ weight, bake });

/** Errors, not latencies: what is slow here is the machine. A hold outlasts any of the faults. */
const patient = (usual: RolloutSpecSource): RolloutSpecSource => ({
  ...usual,
  analysis: { ...usual.analysis, metrics: usual.analysis.metrics?.slice(0, 1) ?? [] },
  policies: { noData: { hold: '2m' }, sourceDown: { hold: '2m' } },
  deadlines: { ...usual.deadlines, ready: '3m', drain: '2s' },
});

export const heldPhases: readonly HeldPhase[] = [
  {
    name: 'AwaitReady',
    versions: { v2: { pod: { readyAfterMs: slowPodsMs } } },
    spec: (usual) => ({ ...patient(usual), steps: [step(50, '5s'), step(100, '5s')] }),
    arrive: async (stage) => void (await stage.untilState('AwaitReady')),
    ends: ['succeeded', 'rolledBack'],
  },
  {
    name: 'RunAnalysis',
    spec: (usual) => ({ ...patient(usual), steps: [step(50, '30s'), step(100, '5s')] }),
    arrive: async (stage) => void (await stage.untilState('RunAnalysis')),
    ends: ['succeeded', 'rolledBack'],
  },
  {
    name: 'AwaitStable',
    spec: (usual) => ({ ...patient(usual), steps: [step(100, '3s')] }),
    async arrive(stage) {
      await stage.untilWeight(100);
      stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: slowPodsMs } });
      await stage.untilState('AwaitStable');
    },
    ends: ['succeeded'],
  },
  {
    name: 'Drain of a promotion',
    spec: (usual) => {
      const spec = patient(usual);
      return { ...spec, steps: [step(100, '3s')], deadlines: { ...spec.deadlines, drain: '15s' } };
    },
    arrive: async (stage) => void (await stage.untilState('Drain')),
    ends: ['succeeded'],
  },
  {
    name: 'Drain of a rollback',
    spec: (usual) => {
      const spec = patient(usual);
      return { ...spec, steps: [step(50, '1m'), step(100, '3s')], deadlines: { ...spec.deadlines, drain: '15s' } };
    },
    async arrive(stage) {
      await stage.untilWeight(50);
      await stage.sleep(2);
      await stage.call('Abort', { rollout: 'checkout', by: 'chaos', why: 'to be disturbed' });
      await stage.untilState('Drain', 1, 'rollback');
    },
    ends: ['rolledBack'],
  },
];

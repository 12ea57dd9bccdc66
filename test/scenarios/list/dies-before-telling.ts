import type { RolloutRecord } from '../../../core/rollout/record.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { toldBy } from '../told.ts';

/** A Lambda dies with a transition written, before it can tell it (P1). */
interface Death {
  readonly of: string;
  readonly how: 'dies' | 'answerLost';
  /** The first record that says so is written by the call that dies. */
  readonly after: (record: RolloutRecord) => boolean;
  /** All that is told in the end, each once. */
  readonly told: string;
  /** How the rollout ends, and the executions of both machines. */
  readonly ends: Scenario['expected']['rollouts'][number];
  readonly states: string;
  readonly steps?: readonly { readonly weight: number; readonly bake: string; readonly pause?: { readonly for: string } }[];
  readonly meanwhile?: (stage: Stage) => Promise<unknown>;
}

const rolledBack = { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error' } as const;
const succeeded = { rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] } as const;
const pausing = [
  { weight: 10, bake: '5s', pause: { for: '30s' } },
  { weight: 100, bake: '5s' },
];

const deaths: readonly Death[] = [
  {
    of: 'Begin',
    how: 'dies',
    after: ({ phase }) => phase === 'progressing',
    told: 'begun,rollingBack,rolledBack',
    ends: { ...rolledBack, weights: [] },
    states: 'RollbackStarted,RolledBack',
  },
  {
    of: 'Decide',
    how: 'dies',
    after: ({ stepIndex }) => stepIndex === 1,
    told: 'begun,advanced,rollingBack,rolledBack',
    ends: { ...rolledBack, weights: [10, 0] },
    states: 'RollbackStarted,RolledBack',
  },
  {
    of: 'Decide',
    how: 'answerLost',
    after: ({ stepIndex }) => stepIndex === 1,
    told: 'begun,advanced,advanced,promoting,succeeded',
    ends: succeeded,
    states: 'Succeeded',
  },
  {
    of: 'Decide-at-a-pause',
    how: 'answerLost',
    after: ({ phase }) => phase === 'paused',
    told: 'begun,paused,advanced,promoting,succeeded',
    ends: { ...succeeded, weights: [10, 100, 0] },
    states: 'Succeeded',
    steps: pausing,
    meanwhile: async (stage) => {
      await stage.until('the pause', () => toldBy(stage.sandbox).some(({ detail }) => detail['transition'] === 'paused'), 60);
      await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada' });
    },
  },
  {
    of: 'PromoteStable',
    how: 'dies',
    after: ({ phase }) => phase === 'promoting',
    told: 'begun,advanced,advanced,promoting,rollingBack,succeeded',
    ends: succeeded,
    states: 'RollbackStarted,RolledBack',
  },
  {
    of: 'Finish',
    how: 'answerLost',
    after: ({ phase }) => phase === 'succeeded',
    told: 'begun,advanced,advanced,promoting,succeeded',
    ends: succeeded,
    states: 'Succeeded',
  },
  {
    // Nothing is left to abort, and the execution has done what it was for; the sweep tells it.
    of: 'Finish',
    how: 'dies',
    after: ({ phase }) => phase === 'succeeded',
    told: 'begun,advanced,advanced,promoting,succeeded',
    ends: succeeded,
    states: 'Succeeded',
    meanwhile: (stage) =>
      stage.until('the sweep to tell it', () => toldBy(stage.sandbox).some(({ detail }) => detail['transition'] === 'succeeded'), 180),
  },
  {
    of: 'FinishRollback',
    how: 'dies',
    after: ({ phase }) => phase === 'rolledBack',
    told: 'begun,rollingBack,rolledBack',
    ends: { ...rolledBack, reason: 'abort', weights: [10, 0] },
    states: 'RollbackStarted,RolledBack',
    meanwhile: async (stage) => {
      await stage.untilWeight(10);
      await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
    },
  },
];

function diesBefore({ of, how, after, told, ends, states, steps, meanwhile }: Death): Scenario {
  return {
    name: `${how === 'dies' ? 'dies' : 'answer-lost'}-before-it-tells-in-${of}`,
    title: `The Lambda of ${of} has written a transition and ${how === 'dies' ? 'dies' : 'its answer is lost'} before it tells it: it is told all the same`,
    promises: ['P1', 'O3'],
    needs: ['mishaps'],
    requestsPerSecond: 10,
    ...(steps === undefined ? {} : { spec: { checkout: (usual) => ({ ...usual, steps: [...steps] }) } }),
    story: async (stage) => {
      stage.mishaps.dieAfterWriting(after, how);
      stage.push('v2');
      await stage.until('a rollout', () => stage.sandbox.engine.executions.length > 0);
      await meanwhile?.(stage);
    },
    expected: { rollouts: [ends], badAnswers: [0, 0], ...(ends.phase === 'succeeded' ? { stable: { checkout: 'v2' } } : {}) },
    check: ({ executions }, { sandbox }) => {
      const story = toldBy(sandbox)
        .map(({ detail }) => detail['transition'])
        .join();
      const ended = executions.map((execution) => execution.states.at(-1)?.state).join();
      return [
        ...(story === told ? [] : [`told: ${story}, expected ${told}`]),
        ...(ended === states ? [] : [`the executions ended in ${ended}, expected ${states}`]),
      ];
    },
  };
}

export const diesBeforeTelling = deaths.map(diesBefore);

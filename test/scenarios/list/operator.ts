import { judgedAlike, likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { toldBy } from '../told.ts';

const promoted = { badAnswers: [0, 0], stable: { checkout: 'v2' } } as const;
const succeeded = { rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] } as const;

function abortIn(state: 'AwaitReady' | 'RunAnalysis' | 'AwaitStable' | 'Drain', weights: readonly number[]): Scenario {
  return {
    name: `operator-aborts-in-${state}`,
    title: `A person aborts in ${state}: rolled back, and told by whom and why`,
    promises: ['P1', 'P2', 'T2'],
    ...(state === 'AwaitReady' || state === 'Drain' ? { inProcessBecause: likeOthers('operator-aborts-in-RunAnalysis') } : {}),
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState(state);
      await stage.sleep(0.5);
      await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: { rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights }], badAnswers: [0, 0] },
    check: (_, { sandbox }) => {
      const { actor, reason } = toldBy(sandbox).at(-1)?.detail ?? {};
      const who = (actor as { id?: string } | undefined)?.id;
      return who === 'ada' && String(reason).includes('looks wrong') ? [] : [`told as by ${who}, because ${reason}`];
    },
  };
}

export const operatorAborts = [
  abortIn('AwaitReady', []),
  abortIn('RunAnalysis', [10, 0]),
  abortIn('AwaitStable', [10, 50, 100, 0]),
  abortIn('Drain', [10, 50, 100, 0]),
];

export const operatorPausesAndResumes: Scenario = {
  name: 'operator-pauses-and-resumes',
  title: 'A person pauses the rollout for half a minute, then lets it go on',
  promises: ['P2', 'W1'],
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(10);
    await stage.call('Operate', { rollout: 'checkout', action: 'pause', by: 'ada', why: 'lunch' });
    await stage.sleep(30);
    await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada', why: 'back' });
    await stage.untilState('Succeeded');
  },
  expected: { ...promoted, rollouts: [{ ...succeeded, seconds: [45, 80] }] },
};

export const operatorPromotes: Scenario = {
  name: 'operator-promotes',
  title: 'A person asks to promote: on to the last step, which still bakes',
  promises: ['P2', 'J6'],
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(10);
    await stage.sleep(3);
    await stage.call('Operate', { rollout: 'checkout', action: 'promote', by: 'ada', why: 'urgent' });
    await stage.untilState('Succeeded');
  },
  expected: { ...promoted, rollouts: [{ ...succeeded, weights: [10, 100, 0] }] },
};

function stepPause(how: 'resumed' | 'abort' | 'advance'): Scenario {
  const goesOn = how !== 'abort';
  return {
    name: `step-pause-${how}`,
    title: `A step waits for a person: ${how === 'resumed' ? 'who lets it go on' : `nobody comes, and the default is to ${how}`}`,
    promises: ['W1'],
    ...(how === 'advance' ? { inProcessBecause: likeOthers('step-pause-abort', 'healthy') } : {}),
    spec: {
      checkout: (usual) => ({
        ...usual,
        steps: [
          { weight: 10, bake: '5s', pause: { for: '30s', onDeadline: how === 'advance' ? 'advance' : 'abort' } },
          { weight: 100, bake: '5s' },
        ],
      }),
    },
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.push('v2');
      await stage.until('the pause', () => toldBy(stage.sandbox).some(({ detail }) => detail['transition'] === 'paused'));
      if (how === 'resumed') await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada', why: 'fine' });
      await (goesOn ? stage.untilState('Succeeded') : stage.untilState('RolledBack', 1, 'rollback'));
    },
    expected: goesOn
      ? { ...promoted, rollouts: [{ ...succeeded, weights: [10, 100, 0] }] }
      : { rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'timeout', weights: [10, 0] }], badAnswers: [0, 0] },
  };
}

export const stepPauses = [stepPause('resumed'), stepPause('abort'), stepPause('advance')];

export const pauseThroughBlip: Scenario = {
  name: 'step-pause-through-a-blip',
  title: 'Prometheus does not answer for some seconds while a step waits for a person: the pause goes on, told once, to its own deadline',
  promises: ['W1', 'J2', 'P1'],
  inProcessBecause: judgedAlike,
  spec: {
    checkout: (usual) => ({
      ...usual,
      steps: [
        { weight: 10, bake: '5s', pause: { for: '30s' } },
        { weight: 100, bake: '5s' },
      ],
    }),
  },
  requestsPerSecond: 10,
  story: async (stage) => {
    const { faults } = stage.sandbox.prometheus;
    stage.push('v2');
    await stage.untilPhase('paused');
    for (const _ of [1, 2]) {
      await stage.sleep(8);
      faults.down = true;
      await stage.sleep(3);
      faults.down = false;
    }
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    // A pod's start, 5 s of bake, 30 s of pause, 2 s of draining.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'timeout', weights: [10, 0], seconds: [37, 45] }],
    badAnswers: [0, 0],
  },
  check: (_, { sandbox }) => {
    const paused = toldBy(sandbox).filter(({ detail }) => detail['transition'] === 'paused');
    return paused.length === 1 ? [] : [`the pause was told ${paused.length} times`];
  },
};

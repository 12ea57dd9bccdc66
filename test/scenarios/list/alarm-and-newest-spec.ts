import { HandAlarm, judgedByHand } from '../by-hand.ts';
import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { usualServices, usualSpec } from '../usual.ts';

/** Applies another spec of checkout in the middle of its rollout, which keeps the one that it began with. */
async function applyAnother(stage: Stage, change: NonNullable<Scenario['spec']>[string]): Promise<void> {
  const [service] = usualServices;
  if (service === undefined) throw new Error('there is no service');
  await stage.apply('checkout', change(usualSpec(service, stage.sandbox.repositoryOf('checkout'))));
}

export const alarmOfNewestSpec: Scenario = {
  name: 'alarm-of-the-newest-spec',
  title: 'An alarm fires that only a newer spec names: the rollout goes by the spec that it began with',
  promises: ['O2', 'J7'],
  requestsPerSecond: 10,
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(10);
    await applyAnother(stage, judgedByHand);
    await alarm.set('ALARM');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const alarmOfOlderSpec: Scenario = {
  name: 'alarm-of-the-spec-it-began-with',
  title: 'An alarm fires that the newest spec names no more, while nothing is judged: the sweep finds the rollout that began with it',
  promises: ['O2', 'O3'],
  inProcessBecause: likeOthers('alarm-event-lost', 'alarm-of-the-newest-spec'),
  requestsPerSecond: 10,
  spec: { checkout: (usual) => ({ ...judgedByHand(usual), deadlines: { ...usual.deadlines, ready: '10m' } }) },
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(100);
    stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 60_000 } });
    await stage.untilState('AwaitStable');
    await applyAnother(stage, (usual) => usual);
    await alarm.set('ALARM');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
  },
};

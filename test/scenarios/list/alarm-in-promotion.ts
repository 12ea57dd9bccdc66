import { HandAlarm, judgedByHand } from '../by-hand.ts';
import type { Scenario } from '../scenario.ts';

export const alarmBeforeStableIsReady: Scenario = {
  name: 'alarm-while-stable-takes-the-new-image',
  title: 'The alarm fires while stable takes the new image: the canary holds the traffic until stable is back on the old one',
  promises: ['T1', 'T2', 'O3'],
  spec: { checkout: judgedByHand },
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(100);
    // From now on each new pod of this version takes long: stable's, once it is promoted.
    stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 20_000 } });
    await stage.untilState('AwaitStable');
    await stage.sleep(3);
    await alarm.set('ALARM');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ executions, splits }, stage) => {
    const rollback = executions.find(({ machine }) => machine === 'rollback')?.states.map(({ state }) => state) ?? [];
    const held = splits.findLast(({ fence }) => fence === stage.fence(3));
    const first = splits.find(({ fence }) => fence === stage.fence(3));
    return [
      ...(rollback.includes('RestoreStable') ? [] : [`stable was not restored: ${rollback.join()}`]),
      ...(first?.canary === 100 && held?.canary === 0 ? [] : ['the canary did not hold the traffic until stable had it again']),
    ];
  },
};

export const alarmAfterStableIsReady: Scenario = {
  name: 'alarm-after-stable-is-ready',
  title: 'The alarm fires while the canary drains: stable, which has all the traffic, goes back to the old image',
  promises: ['T1', 'T2', 'O3'],
  spec: { checkout: (usual) => ({ ...judgedByHand(usual), deadlines: { ...usual.deadlines, drain: '10s' } }) },
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilState('Drain');
    await stage.sleep(2);
    await alarm.set('ALARM');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
  },
};

import { HandAlarm, handAlarmEvent, judgedByHand } from '../by-hand.ts';
import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { refusals } from './begin-fails.ts';

export const alarmAtStartBlocks: Scenario = {
  name: 'alarm-at-start-blocks',
  title: 'An alarm fires already: the push is refused before anything is written, and told once',
  promises: ['J8', 'P1'],
  spec: { checkout: judgedByHand },
  requestsPerSecond: 10,
  story: async (stage) => {
    await HandAlarm.make(stage).set('ALARM');
    stage.push('v2');
    await stage.untilState('Refused');
    await stage.sweeps(2);
  },
  expected: { rollouts: [], badAnswers: [0, 0], executions: { refused: 1, ignored: 0 } },
  check: ({ splits, executions }, stage) => [
    ...(refusals(stage).length === 1 ? [] : [`it was told ${refusals(stage).length} times`]),
    ...(splits.length === 0 ? [] : ['the route was written']),
    ...(executions[0]?.cause?.includes('checkout-by-hand') ? [] : [`the cause names no alarm: ${executions[0]?.cause}`]),
  ],
};

const ignoring: NonNullable<Scenario['spec']> = {
  checkout: (usual) => ({ ...judgedByHand(usual), policies: { alarmAtStart: 'ignore' } }),
};

export const alarmAtStartIgnored: Scenario = {
  name: 'alarm-at-start-ignored',
  title: 'An alarm fires already, and the spec says to pass over it: the rollout goes on, and its record says so',
  promises: ['J8'],
  inProcessBecause: likeOthers('alarm-at-start-blocks', 'healthy'),
  spec: ignoring,
  requestsPerSecond: 10,
  story: async (stage) => {
    await HandAlarm.make(stage).set('ALARM');
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
  check: ({ rollouts }, stage) => {
    const ignored = rollouts[0]?.record.ignoredAlarms;
    return ignored?.join() === stage.alarmName('checkout-by-hand') ? [] : [`the record says that ${ignored?.join()} is ignored`];
  },
};

function alarmAtStartFiresAgain(event: 'heard' | 'lost'): Scenario {
  return {
    name: `alarm-at-start-fires-again-${event}`,
    title: `An alarm that was passed over recovers and fires again, its event ${event}: now it is of this rollout, and ends it`,
    promises: ['J8', 'O2'],
    inProcessBecause: likeOthers('alarm-at-start-blocks', 'alarm-event-lost'),
    spec: {
      checkout: (usual) => ({
        ...judgedByHand(usual),
        policies: { alarmAtStart: 'ignore' },
        steps: [{ weight: 100, bake: '90s' }],
      }),
    },
    requestsPerSecond: 10,
    story: async (stage) => {
      const alarm = HandAlarm.make(stage);
      await alarm.set('ALARM');
      await stage.sleep(1);
      stage.push('v2');
      await stage.untilWeight(100);
      if (event === 'lost')
        for (const state of ['OK', 'ALARM'] as const) stage.sandbox.bus.injectFault({ kind: 'drop', pattern: handAlarmEvent(state) });
      await stage.sleep(3);
      await alarm.set('OK');
      await stage.sleep(3);
      await alarm.set('ALARM');
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [100, 0] }],
      badAnswers: [0, 0],
    },
  };
}

export const alarmsAtStartFireAgain = [alarmAtStartFiresAgain('heard'), alarmAtStartFiresAgain('lost')];

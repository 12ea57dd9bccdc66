import { HandAlarm, handAlarmEvent, judgedByHand } from '../by-hand.ts';
import { cameToRestAtMs } from '../came-to-rest.ts';
import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { toldBy } from '../told.ts';

/** From the alarm to the traffic: the sweep's minute, and its run. */
const longestSeconds = 61;

export const alarmEventFiveTimes: Scenario = {
  name: 'same-alarm-event-five-times',
  title: 'EventBridge delivers one alarm event five times: one rollback, told once',
  promises: ['O2', 'P1'],
  spec: { checkout: judgedByHand },
  requestsPerSecond: 10,
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(50);
    stage.sandbox.bus.injectFault({ kind: 'duplicate', pattern: handAlarmEvent('ALARM'), times: 5 });
    await alarm.set('ALARM');
    await stage.untilState('RolledBack', 1, 'rollback');
    await stage.sweeps(2);
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ executions }, { sandbox }) => {
    const rollbacks = executions.filter(({ machine }) => machine === 'rollback').length;
    const ends = toldBy(sandbox).filter(({ detail }) => detail['transition'] === 'rolledBack').length;
    return rollbacks === 1 && ends === 1 ? [] : [`${rollbacks} rollbacks, and ${ends} events that tell their end`];
  },
};

export const alarmEventLateAndOutOfOrder: Scenario = {
  name: 'alarm-events-late',
  title: 'The ALARM of an hour ago arrives in the middle of a rollout: it is older than the rollout, and is ignored',
  promises: ['O2'],
  needs: ['lateAlarmEvents'],
  spec: { checkout: judgedByHand },
  requestsPerSecond: 10,
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.sandbox.bus.injectFault({ kind: 'delay', pattern: handAlarmEvent('ALARM'), delayMs: 20_000 });
    await alarm.set('ALARM');
    await stage.sleep(1);
    await alarm.set('OK');
    await stage.sleep(1);
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const okEventLate: Scenario = {
  name: 'ok-event-late',
  title: 'The alarm recovers as soon as the traffic has returned: the rollback goes on to its end all the same',
  promises: ['O2', 'T3'],
  inProcessBecause: likeOthers('same-alarm-event-five-times'),
  spec: { checkout: judgedByHand },
  requestsPerSecond: 10,
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(50);
    await alarm.set('ALARM');
    await stage.sleep(0.1);
    await alarm.set('OK');
    await stage.untilState('RolledBack', 1, 'rollback');
    await stage.sweeps(1);
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
    badAnswers: [0, 0],
  },
};

export const alarmEventLost: Scenario = {
  name: 'alarm-event-lost',
  title: "The alarm's event is lost: the sweep reads the alarm within a minute",
  promises: ['O2', 'O3'],
  spec: {
    checkout: (usual) => ({
      ...judgedByHand(usual),
      steps: [
        { weight: 10, bake: '90s' },
        { weight: 100, bake: '10s' },
      ],
    }),
  },
  requestsPerSecond: 10,
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(10);
    stage.sandbox.bus.injectFault({ kind: 'drop', pattern: handAlarmEvent('ALARM') });
    await alarm.set('ALARM');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ splits }, { sandbox }) => {
    const alarm = sandbox.bus.puts.find(({ fault }) => fault === 'drop');
    const seconds = (cameToRestAtMs(splits) - (alarm?.atMs ?? 0)) / 1000;
    return seconds <= longestSeconds ? [] : [`the traffic returned ${seconds} s after the alarm`];
  },
};

import { HandAlarm, handAlarmEvent, judgedByHand } from '../by-hand.ts';
import { harm } from '../harm.ts';
import { clusterAlike, likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { toldBy } from '../told.ts';

/** Which service version answers is told by the route alone: at every moment one whose side is ready. */
const restored: Scenario['expected'] = {
  rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 100, 0] }],
  badAnswers: [0, 0],
};

function alarmWhileFinishing(moment: 'held' | 'drained', event: 'heard' | 'lost'): Scenario {
  return {
    name: `alarm-while-the-sweep-finishes-a-promotion-${moment}${event === 'lost' ? '-event-lost' : ''}`,
    title: `The sweep finishes a promotion whose execution was stopped, and the alarm fires while ${
      moment === 'held' ? 'stable takes the new image' : 'the canary drains'
    }${event === 'lost' ? ', its event lost' : ''}: stable goes back to the old image`,
    promises: ['O3', 'T1', 'T2', 'O4', 'P1'],
    ...(moment === 'held' && event === 'heard' ? {} : { inProcessBecause: likeOthers('alarm-while-the-sweep-finishes-a-promotion-held') }),
    spec: {
      checkout: (usual) => ({ ...judgedByHand(usual), deadlines: { ...usual.deadlines, ready: '10m', drain: '90s' } }),
    },
    requestsPerSecond: 10,
    story: async (stage) => {
      const alarm = HandAlarm.make(stage);
      stage.push('v2');
      await stage.untilWeight(100);
      if (moment === 'held') stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 60_000 } });
      await stage.stop(await stage.untilState('AwaitStable'));
      await stage.untilState(moment === 'held' ? 'WaitForStable' : 'Drain', 1, 'rollback');
      await stage.sleep(1);
      if (event === 'lost') stage.sandbox.bus.injectFault({ kind: 'drop', pattern: handAlarmEvent('ALARM') });
      await alarm.set('ALARM');
    },
    expected: restored,
    check: ({ executions, splits, rollouts }, stage) => {
      const { sandbox } = stage;
      const rollbacks = executions.filter(({ machine }) => machine === 'rollback').map(({ name, status }) => `${name} ${status}`);
      const told = toldBy(sandbox).flatMap(({ detail }) => (detail['transition'] === 'rollingBack' ? [detail['rollbackReason']] : []));
      const underFence = splits.filter(({ fence }) => fence === stage.fence(4)).map(({ canary }) => canary);
      const canaries = moment === 'held' ? '100,0' : '0';
      return [
        ...(rollbacks.join() === `checkout-${stage.fence(3)}-1 failed,checkout-${stage.fence(4)}-1 succeeded`
          ? []
          : [`the rollbacks were ${rollbacks.join()}`]),
        ...([...new Set(told)].join() === 'error,alarm' ? [] : [`told as ${told.join()}`]),
        ...([...new Set(underFence)].join() === canaries ? [] : [`the canary had ${underFence.join()} under the new fence`]),
        ...(rollouts[0]?.record.phase === 'failed' ? ['people were paged'] : []),
      ];
    },
  };
}

export const alarmsWhileFinishing = [
  alarmWhileFinishing('held', 'heard'),
  alarmWhileFinishing('held', 'lost'),
  alarmWhileFinishing('drained', 'heard'),
];

export const promotionWriteLandsAfterRollback: Scenario = {
  name: 'promotion-lands-after-rollback',
  title: "Stable's new image is accepted and written only after the rollback: the image that it tests still holds, the fence does not",
  promises: ['T3', 'O3'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 10,
  story: async (stage) => {
    // The route is at its second rollout, so that the patch tests the fence, and not the version of the whole object.
    const deployment = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };
    stage.outside((kubernetes) => kubernetes.patch(deployment, { metadata: { annotations: { 'fence.sluice.dev/checkout': '0' } } }));
    const promotes = harm(stage, ({ resource, name, patch }) => resource === 'deployments' && name === 'checkout' && patch === 'json', {
      kind: 'delayedWrite',
      delayMs: 20_000,
    });
    stage.push('v2');
    await stage.until('the write of the image', () => promotes.count() > 0);
    await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'second thoughts' });
    await stage.untilState('RolledBack', 1, 'rollback');
    await stage.sleep(30);
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
  },
};

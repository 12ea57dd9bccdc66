import { HandAlarm, handAlarmEvent, judgedByHand } from '../by-hand.ts';
import type { ScenarioOutcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { toldBy } from '../told.ts';

const inProcessBecause = 'what the alarm calls the door with is made from its event, which the story has to hold in its hands';

/** CloudWatch calls the door itself, for the change of which it has just put an event. */
async function callAction(stage: Stage): Promise<void> {
  const event = stage.sandbox.bus.puts.findLast((put) => put.event.source === 'aws.cloudwatch')?.event;
  if (event === undefined) throw new Error('no alarm has changed its state');
  const { account: accountId, region, resources, detail } = event;
  const time = (detail['state'] as { readonly timestamp: string }).timestamp;
  await stage.call('Abort', { source: 'aws.cloudwatch', alarmArn: resources[0], accountId, time, region, alarmData: detail });
}

/** One rollback, told once, and the note of the alarm written once for each of its states. */
async function countedOnce({ executions }: ScenarioOutcome, { sandbox }: Stage): Promise<string[]> {
  const rollbacks = executions.filter(({ machine }) => machine === 'rollback').length;
  const ends = toldBy(sandbox).filter(({ detail }) => detail['transition'] === 'rolledBack').length;
  const note = await sandbox.deps.store.read({ partition: 'alarm#checkout-by-hand', sort: 'state' });
  const said = `${rollbacks} rollbacks, ${ends} events that tell their end, ${note?.version} notes, the last of ${note?.value['state']}`;
  return said === '1 rollbacks, 1 events that tell their end, 2 notes, the last of alarm' ? [] : [said];
}

function alarmAction(way: 'event-first' | 'action-first' | 'action-alone'): Scenario {
  const how = { 'event-first': 'behind its event', 'action-first': 'before its event', 'action-alone': 'and its event is lost' }[way];
  return {
    name: `alarm-action-${way}`,
    title: `The alarm calls the door itself, ${how}: one rollback, noted and told once`,
    promises: ['O2', 'P1'],
    ...(way === 'action-first' ? { needs: ['lateAlarmEvents' as const] } : {}),
    inProcessBecause,
    spec: { checkout: judgedByHand },
    requestsPerSecond: 10,
    story: async (stage) => {
      const alarm = HandAlarm.make(stage);
      stage.push('v2');
      await stage.untilWeight(50);
      if (way === 'action-first') stage.sandbox.bus.injectFault({ kind: 'delay', pattern: handAlarmEvent('ALARM'), delayMs: 5_000 });
      if (way === 'action-alone') stage.sandbox.bus.injectFault({ kind: 'drop', pattern: handAlarmEvent('ALARM') });
      await alarm.set('ALARM');
      if (way === 'event-first') await stage.sleep(0.5);
      await callAction(stage);
      await stage.untilState('RolledBack', 1, 'rollback');
      await stage.sleep(70);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
      badAnswers: [0, 0],
    },
    check: countedOnce,
  };
}

export const alarmActions = [alarmAction('event-first'), alarmAction('action-first'), alarmAction('action-alone')];

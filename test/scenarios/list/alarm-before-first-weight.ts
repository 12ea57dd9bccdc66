import { HandAlarm, judgedByHand } from '../by-hand.ts';
import type { Scenario } from '../scenario.ts';

/** The alarm fires while the canary is being made: there is no weight to take away, and the tombstone keeps a late step out. */
function alarmBeforeFirstWeight(state: 'DeployCanary' | 'AwaitReady'): Scenario {
  return {
    name: `alarm-before-first-weight-${state}`,
    title: `The alarm fires in ${state}: the canary never gets a request, and the route carries the tombstone`,
    promises: ['T1', 'T3', 'T4'],
    needs: ['mishaps'],
    spec: { checkout: judgedByHand },
    versions: { v2: { pod: { readyAfterMs: 5000 } } },
    story: async (stage) => {
      const alarm = HandAlarm.make(stage);
      stage.mishaps.instead(state, (call) => {
        alarm.set('ALARM');
        return call();
      });
      stage.push('v2');
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [] }],
      badAnswers: [0, 0],
    },
    check: ({ rollouts }, { witness, answers }) => {
      const fences = witness.changes.map(({ fence }) => fence);
      const tombstone = fences.includes(2) && fences.at(-1) === rollouts[0]?.record.fence;
      return [
        ...(tombstone ? [] : [`the route carried the fences ${fences.join()}, and not the door's, and the rollback's in the end`]),
        ...(answers.some(({ version }) => version === 'v2') ? ['the canary was given a request'] : []),
      ];
    },
  };
}

export const alarmsBeforeFirstWeight = [alarmBeforeFirstWeight('DeployCanary'), alarmBeforeFirstWeight('AwaitReady')];

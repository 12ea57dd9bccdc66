import { deleteCanary, replaceRouteFromGit, scaleStable, setAutoscalerMinimum, setWeights } from '../../scenarios/outsider.ts';
import type { TailPart } from '../../scenarios/tail.ts';
import { type Hands, stopUnheard } from '../bases/usual.ts';
import { callAgain } from '../moments.ts';
import type { Deed } from './incidents.ts';

const operator = { rollout: 'checkout', by: 'ada', why: 'because' };

/** What a deed leaves changed that is nobody's to put back. */
export const changes: Readonly<Partial<Record<Deed, TailPart>>> = {
  'edit the weights': 'routes',
  'replace the route': 'routes',
  'undo the pin': 'autoscalers',
  'scale stable down': 'deployments',
  'delete the canary': 'deployments',
};

/** Does it where there is something to do it to; whoever does it again where a Lambda does not answer, does so a few times. */
export async function doDeed(hands: Hands, deed: Deed): Promise<void> {
  const { stage, sandbox, alarm, watcher } = hands;
  const outside = async (act: () => void) => {
    // What somebody does when no rollout is under way is none of Sluice's business.
    const records = await sandbox.deps.store.list('rollouts#checkout');
    if (records.every(({ value }) => value['endedAtMs'] !== undefined)) return;
    // From now on a side may lack what it had for a moment, by somebody else's hand.
    watcher.suspended = true;
    try {
      act();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'InvalidInputError')) throw error;
    }
  };
  switch (deed) {
    case 'push v3':
    case 'push v4':
      return void stage.push(deed.slice(-2));
    case 'abort':
      return callAgain(stage, 'Abort', () => operator);
    case 'pause':
    case 'resume':
    case 'promote':
      return callAgain(stage, 'Operate', () => ({ ...operator, action: deed }));
    case 'alarm fires':
      return alarm.set('ALARM');
    case 'alarm recovers':
      return alarm.set('OK');
    case 'stop the rollout':
      return stopUnheard(hands, 'rollout');
    case 'stop the rollback':
      return stopUnheard(hands, 'rollback');
    case 'edit the weights':
      return outside(() => setWeights(stage, 70, 30));
    case 'replace the route':
      return outside(() => replaceRouteFromGit(stage));
    case 'undo the pin':
      return outside(() => setAutoscalerMinimum(stage, 3));
    case 'scale stable down':
      return outside(() => scaleStable(stage, 2));
    case 'delete the canary':
      return outside(() => deleteCanary(stage));
  }
}

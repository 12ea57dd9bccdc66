import { Turns } from '../../../adapters/store/turns.ts';
import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { usualServices } from '../usual.ts';
import { demoSpec } from './demo-healthy.ts';

/**
 * The alarm judges windows of ten full seconds, as CloudWatch does, so two to thirteen seconds pass between the first bad answer and
 * its event: a window with too few bad answers in it does not count. The second bake is longer than that.
 */
export const demoAlarm: Scenario = {
  name: 'demo-alarm',
  title: 'At weight 50 a bad image begins to answer 5xx; a CloudWatch alarm undoes it',
  promises: ['T2', 'T3', 'T4', 'O4'],
  inProcessBecause: likeOthers('alarm-during-bake'),
  settleSeconds: 2,
  services: usualServices.map((service) => ({ ...service, tag: 'v2' })),
  spec: { checkout: (usual) => demoSpec(usual, ['5s', '18s', '5s']) },
  story: async (stage) => {
    stage.push('v3');
    await stage.untilWeight(50);
    await stage.sleep(2);
    stage.sandbox.fleet.behave('v3', { service: { errorShare: 0.3 } });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v3', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
    badAnswers: [1, 100],
    stable: { checkout: 'v2' },
  },
  check: async ({ rollouts: [only] }, stage) => {
    const { deps, clock } = stage.sandbox;
    const digest = only?.record.image.digest ?? '';
    const why = await new Turns(deps.store, clock).quarantineOf('checkout', digest);
    return why === undefined ? ['O4: the image was not quarantined'] : [];
  },
};

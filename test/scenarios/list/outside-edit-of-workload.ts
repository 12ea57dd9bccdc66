import { Turns } from '../../../adapters/store/turns.ts';
import { autoscalerMinimum, deleteCanary, onOutsideEdit, scaleStable, setAutoscalerMinimum, setStableImage } from '../outsider.ts';
import type { Scenario } from '../scenario.ts';
import { usualServices } from '../usual.ts';

/** The interval of the usual spec, and the time that a look and a write may take. */
const oneIntervalSeconds = 1.5;

const rolledBack = { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'drift', weights: [10, 50, 0] } as const;

export const outsideImageOfStable: Scenario = {
  name: 'outside-edit-of-stables-image',
  title: 'Somebody else deploys a hotfix to stable: the rollout gives way, and the hotfix stays',
  promises: ['T5', 'T6'],
  needs: ['exactTime'],
  requestsPerSecond: 20,
  story: async (stage) => {
    const hotfix = stage.push('hotfix-1');
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setStableImage(stage, `${stage.sandbox.repositoryOf('checkout')}@${hotfix}`);
    await stage.untilWeight(0, 'checkout', oneIntervalSeconds);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [rolledBack],
    badAnswers: [0, 0],
    stable: { checkout: 'hotfix-1' },
    executions: { refused: 0, ignored: 1 },
  },
};

export const outsideScaleOfStable: Scenario = {
  name: 'outside-edit-of-stables-replicas',
  title: 'Somebody else scales stable below its start: it could not carry all traffic any more, and gets it back while it nearly can',
  promises: ['T6', 'T7'],
  needs: ['exactTime'],
  requestsPerSecond: 20,
  services: usualServices.map(({ autoscalerMinReplicas: _, ...service }) => service),
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    scaleStable(stage, 2);
    await stage.untilWeight(0, 'checkout', oneIntervalSeconds);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: { rollouts: [rolledBack], badAnswers: [0, 0], changedByOthers: ['deployments'] },
};

export const outsideDeletionOfCanary: Scenario = {
  name: 'outside-deletion-of-the-canary',
  title: 'Somebody else deletes the canary: that is no judgement on the image, which is not quarantined',
  promises: ['T1', 'T6', 'O4'],
  needs: ['exactTime'],
  requestsPerSecond: 20,
  spec: { checkout: onOutsideEdit('halt') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    deleteCanary(stage);
    await stage.untilWeight(0, 'checkout', oneIntervalSeconds);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [rolledBack],
    // 10 requests a second go to the canary, for at most one interval.
    badAnswers: [5, 12],
  },
  check: async ({ rollouts: [rollout] }, { sandbox }) => {
    const rollouts = new Turns(sandbox.deps.store, sandbox.clock);
    const why = await rollouts.quarantineOf('checkout', rollout?.record.image.digest ?? '');
    return why === undefined ? [] : [`the image is quarantined: ${why}`];
  },
};

export const outsideUnpinAborted: Scenario = {
  name: 'outside-edit-of-the-pin-aborted',
  title: "Somebody else lets stable's autoscaler shrink it again: the rollout gives way while stable still has its pods",
  promises: ['T6', 'T7'],
  needs: ['exactTime'],
  requestsPerSecond: 20,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setAutoscalerMinimum(stage, 2);
    await stage.untilWeight(0, 'checkout', oneIntervalSeconds);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: { rollouts: [rolledBack], badAnswers: [0, 0] },
};

export const outsideUnpinRestored: Scenario = {
  name: 'outside-edit-of-the-pin-restored',
  title: "Somebody else lets stable's autoscaler shrink it again: it is pinned anew, and given back at the end as it was",
  promises: ['T6', 'T7'],
  needs: ['exactTime'],
  requestsPerSecond: 20,
  spec: { checkout: onOutsideEdit('restore') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setAutoscalerMinimum(stage, 2);
    await stage.until('the pin', () => autoscalerMinimum(stage) === 4, oneIntervalSeconds);
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

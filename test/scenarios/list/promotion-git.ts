import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const git: NonNullable<Scenario['spec']> = { checkout: (usual) => ({ ...usual, promotion: 'git' }) };

/** What a GitOps controller does when the new image has been merged. */
function gitBrings(stage: Stage, digest: string): void {
  stage.sandbox.kubernetes.patch({ apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' }, [
    {
      op: 'replace',
      path: '/spec/template/spec/containers/0/image',
      value: `${stage.sandbox.repositoryOf('checkout')}@${digest}`,
    },
  ]);
}

export const gitBringsTheImage: Scenario = {
  name: 'promotion-git',
  title: 'Git brings the image to stable while the canary carries all traffic',
  promises: ['T1', 'W1'],
  spec: git,
  requestsPerSecond: 10,
  story: async (stage) => {
    const digest = stage.push('v2');
    await stage.untilState('AwaitStable');
    await stage.sleep(25);
    gitBrings(stage, digest);
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const gitNeverBringsTheImage: Scenario = {
  name: 'promotion-git-never',
  title: 'Git never brings the image: at the deadline everybody returns to stable, which still runs the old one; Sluice does not write it',
  promises: ['T1', 'T6', 'W1'],
  inProcessBecause: likeOthers('promotion-git', 'stop-in-Drain'),
  spec: git,
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'timeout', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
  },
};

export const gitBringsTheImageAfterTheStop: Scenario = {
  name: 'promotion-git-stopped',
  title: 'Git has brought the image, and the execution is stopped before stable is ready: the promotion is finished',
  promises: ['T1', 'O3'],
  inProcessBecause: likeOthers('promotion-git', 'stop-in-Drain'),
  spec: git,
  requestsPerSecond: 10,
  story: async (stage) => {
    const digest = stage.push('v2');
    const execution = await stage.untilState('AwaitStable');
    stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 8000 } });
    gitBrings(stage, digest);
    await stage.sleep(1);
    await stage.stop(execution);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

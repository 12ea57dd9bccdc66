import { onOutsideEdit, setWeights } from '../../scenarios/outsider.ts';
import { specText, usualSpec } from '../../scenarios/usual.ts';
import type { BaseRun } from '../base-run.ts';
import { callAgain, when, whenEnded, whenPhase, whenState, whenWeight } from '../moments.ts';
import { baseRun, brief } from './usual.ts';

const route = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'shop' };

const paused = baseRun({
  name: 'paused-and-edited',
  title: 'A person pauses and resumes, and somebody else writes the weights, which are put right',
  ends: ['succeeded'],
  spec: (usual) =>
    onOutsideEdit('restore')({
      ...brief(usual),
      steps: [
        { weight: 50, bake: '6s' },
        { weight: 100, bake: '2s' },
      ],
    }),
  tell: async ({ stage }) => {
    stage.push('v2');
    if (await whenState(stage, 'RunAnalysis')) {
      await callAgain(stage, 'Operate', () => ({ rollout: 'checkout', action: 'pause', by: 'ada', why: 'let me look' }));
      await stage.sleep(2);
      await callAgain(stage, 'Operate', () => ({ rollout: 'checkout', action: 'resume', by: 'ada', why: 'all is well' }));
    }
    const atHalf = () => stage.witness.changes.at(-1)?.canary === 50;
    if (await when(stage, async () => atHalf() && (await stage.records('checkout'))[0]?.phase === 'progressing')) setWeights(stage, 70, 30);
    await whenEnded(stage);
  },
});

const promotedByHand = baseRun({
  name: 'promoted-by-hand',
  title: 'A person promotes out of a pause of the step, and the spec is applied once more meanwhile',
  ends: ['succeeded'],
  spec: (usual) => ({
    ...brief(usual),
    steps: [
      { weight: 50, bake: '1s', pause: { for: '2m' } },
      { weight: 100, bake: '1s' },
    ],
  }),
  tell: async ({ stage, sandbox }) => {
    stage.push('v2');
    if (await whenPhase(stage, 'paused')) {
      const usual = usualSpec(
        { name: 'checkout', namespace: 'shop', replicas: 4, tag: 'v1', virtualService: 'shop', pathPrefix: '/' },
        sandbox.repositoryOf('checkout'),
      );
      const text = specText({ ...brief(usual), steps: [{ weight: 100, bake: '2s' }] });
      await callAgain(stage, 'ApplySpec', () => ({ file: 'checkout.yaml', text }));
      await callAgain(stage, 'Operate', () => ({ rollout: 'checkout', action: 'promote', by: 'ada', why: 'all is well' }));
    }
    await whenEnded(stage);
  },
});

function secondImage(newImage: 'supersede' | 'queue', ends: readonly string[]): BaseRun {
  return baseRun({
    name: `second-image-${newImage}`,
    title: `A second image is pushed at weight 50: ${newImage}`,
    ends,
    spec: (usual) => ({ ...brief(usual), policies: { newImage } }),
    tell: async ({ stage }) => {
      stage.push('v2');
      if (await whenWeight(stage, 50)) stage.push('v3');
      await whenEnded(stage, 2);
    },
  });
}

const refused = baseRun({
  name: 'refused',
  title: 'Somebody starts an image that does not exist, and the alarm fires already when one is pushed that does',
  ends: [],
  tell: async ({ stage, alarm }) => {
    await stage.console({ rollout: 'checkout', image: 'v9' });
    await alarm.set('ALARM');
    stage.push('v2');
    await whenState(stage, 'Refused');
    await stage.sleep(70);
  },
});

const failing = baseRun({
  name: 'rollback-fails',
  title: 'The route is taken away as the alarm fires: people are told',
  ends: ['failed'],
  mayFail: true,
  tell: async ({ stage, alarm, watcher }) => {
    stage.push('v2');
    if (await whenWeight(stage, 50)) {
      watcher.suspended = true;
      stage.outside((kubernetes) => kubernetes.delete(route));
      await alarm.set('ALARM');
    }
    await whenEnded(stage);
  },
});

export const others: readonly BaseRun[] = [
  paused,
  promotedByHand,
  secondImage('supersede', ['rolledBack', 'succeeded']),
  secondImage('queue', ['succeeded', 'succeeded']),
  refused,
  failing,
];

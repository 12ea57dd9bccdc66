import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { onOutsideEdit, scaleStable, setAutoscalerMinimum } from '../../scenarios/outsider.ts';
import { specText, usualSpec } from '../../scenarios/usual.ts';
import type { BaseRun } from '../base-run.ts';
import { callAgain, when, whenEnded, whenWeight } from '../moments.ts';
import { baseRun, brief, type Hands, slowPods } from './usual.ts';

const search = { name: 'search', namespace: 'shop', replicas: 1, tag: 'v1', virtualService: 'shop', pathPrefix: '/search' } as const;

/** The spec of another service, which nobody rolls out. */
function applySearch({ stage, sandbox }: Hands, analysis: Partial<RolloutSpecSource['analysis']>): Promise<void> {
  const usual = usualSpec(search, sandbox.repositoryOf('checkout').replace(/checkout$/, 'search'));
  const prometheus = analysis?.alarms === undefined ? { prometheus: { url: 'http://127.0.0.1:9' } } : {};
  const text = specText({ ...brief(usual), analysis: { interval: '1s', ...prometheus, ...analysis } });
  return callAgain(stage, 'ApplySpec', () => ({ file: 'search.yaml', text }));
}

function applied(name: string, title: string, ...turns: readonly Parameters<typeof applySearch>[1][]): BaseRun {
  return baseRun({
    name,
    title,
    ends: [],
    tell: async (hands) => {
      for (const analysis of turns) await applySearch(hands, analysis);
    },
  });
}

const unknownRollout = baseRun({
  name: 'unknown-rollout',
  title: 'Somebody starts a rollout that no spec has',
  ends: [],
  tell: async ({ stage }) => {
    await stage.console({ rollout: 'search', image: 'v2' });
    await when(stage, () => stage.sandbox.engine.executions.some(({ status }) => status !== 'running'));
  },
});

const threeImages = baseRun({
  name: 'three-images',
  title: 'Two more images are pushed at weight 50: the one in the middle is passed over',
  ends: ['succeeded', 'succeeded'],
  spec: (usual) => ({ ...brief(usual), policies: { newImage: 'queue' } }),
  tell: async ({ stage }) => {
    stage.push('v2');
    if (await whenWeight(stage, 50)) {
      stage.push('v3');
      await stage.sleep(1);
      stage.push('v4');
    }
    await whenEnded(stage, 2);
  },
});

const lookedBackAt = baseRun({
  name: 'looked-back-at',
  title: 'Time passes after a rollback: the sweep looks whether anything of the canary is left',
  ends: ['rolledBack'],
  tell: async ({ stage, alarm }) => {
    stage.push('v2');
    if (await whenWeight(stage, 50)) await alarm.set('ALARM');
    await whenEnded(stage);
    await stage.sleep(65);
  },
});

const unpinned = baseRun({
  name: 'unpinned',
  title: 'Somebody undoes the pin at weight 50, and it is set again',
  ends: ['succeeded'],
  spec: (usual) =>
    onOutsideEdit('restore')({
      ...brief(usual),
      steps: [
        { weight: 50, bake: '4s' },
        { weight: 100, bake: '2s' },
      ],
    }),
  tell: async ({ stage }) => {
    stage.push('v2');
    if (await whenWeight(stage, 50)) {
      await stage.sleep(1);
      setAutoscalerMinimum(stage, 2);
    }
    await whenEnded(stage);
  },
});

/** Somebody undoes the pin and scales stable down to so many pods, while the canary has everything; then an alarm fires. */
function scaledDown(name: string, title: string, pods: number): BaseRun {
  return baseRun({
    name,
    title,
    ends: ['rolledBack'],
    spec: (usual) =>
      onOutsideEdit('halt')({
        ...brief(usual),
        steps: [
          { weight: 50, bake: '2s' },
          { weight: 100, bake: '60s' },
        ],
      }),
    tell: async (hands) => {
      const { stage, sandbox, alarm, watcher } = hands;
      stage.push('v2');
      if (await whenWeight(stage, 100)) {
        slowPods(hands, 3000, 'v1');
        if (pods === 0) watcher.suspended = true;
        setAutoscalerMinimum(stage, 1);
        scaleStable(stage, pods);
        await when(stage, () => sandbox.kubernetes.endpoints('shop', 'checkout').filter(({ ready }) => ready).length === pods);
        await alarm.set('ALARM');
      }
      await whenEnded(stage);
    },
  });
}

const all = [
  applied(
    'alarms-applied',
    'Somebody applies a spec with an alarm, and then with another',
    { alarms: ['search-old'] },
    { alarms: ['search-new'] },
  ),
  applied('alerts-applied', 'Somebody applies a spec with an alert', { alerts: ['SearchErrors'] }),
  applied('metrics-applied', 'Somebody applies a spec with a metric alone', { metrics: [{ name: 'errors', query: 'errors', max: 1 }] }),
  unknownRollout,
  threeImages,
  lookedBackAt,
  unpinned,
  scaledDown('scaled-down', 'Somebody scales stable down, and an alarm fires: traffic returns in steps', 1),
  scaledDown('scaled-to-nothing', 'Somebody scales stable down to nothing, and an alarm fires: its pods are brought back first', 0),
];

/** What is met seldom. They stand behind all others, and show only what those do not. */
export const rare: readonly BaseRun[] = all.map((base) => ({ ...base, onlyNew: true }));

import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

const queueing: NonNullable<Scenario['spec']> = {
  checkout: (usual) => ({
    ...usual,
    policies: { ...usual.policies, newImage: 'queue' },
    steps: [
      { weight: 10, bake: '20s' },
      { weight: 100, bake: '1s' },
    ],
  }),
};

/** While v2 rolls out, a newer image waits, and its execution is stopped. Then an image is started by hand. */
function waiterDies(image: 'same' | 'older', when: 'held' | 'free'): Scenario {
  const waits = image === 'same' ? 'v3' : 'v4';
  return {
    name: `waiter-dies-${image}-image-${when === 'held' ? 'queues' : 'begins'}`,
    title: `The execution of a waiting image is stopped: ${image === 'same' ? 'the same image' : 'an older one'}, started ${
      when === 'held' ? 'meanwhile, takes its place' : 'when the service is free, begins'
    }`,
    promises: ['O1', 'O2', 'W1'],
    ...(image === 'same' && when === 'held' ? {} : { inProcessBecause: likeOthers('waiter-dies-same-image-queues') }),
    spec: queueing,
    requestsPerSecond: 10,
    story: async (stage) => {
      if (image === 'older')
        stage.sandbox.bus.injectFault({ kind: 'drop', pattern: { source: ['aws.ecr'], detail: { 'image-tag': ['v3'] } } });
      stage.push('v2');
      await stage.untilWeight(10);
      stage.push('v3');
      await stage.sleep(0.5);
      if (image === 'older') stage.push('v4');
      const waiter = await stage.untilState('AwaitTurn');
      await stage.stop(waiter);
      if (when === 'free') await stage.untilPhase('succeeded');
      await stage.console({ rollout: 'checkout', image: 'v3', actor: { kind: 'person', id: 'ada' } });
      await stage.until('the end of v3', async () =>
        (await stage.records('checkout')).some(({ image, phase }) => image.tag === 'v3' && phase === 'succeeded'),
      );
      if (image === 'older')
        await stage.until('the end of v4', async () =>
          (await stage.records('checkout')).some(({ image, phase }) => image.tag === 'v4' && phase === 'succeeded'),
        );
    },
    expected: {
      rollouts: ['v2', 'v3', ...(image === 'older' ? [waits] : [])].map((tag) => ({
        rollout: 'checkout',
        tag,
        phase: 'succeeded' as const,
        weights: [10, 100, 0],
      })),
      badAnswers: [0, 0],
      stable: { checkout: waits },
    },
  };
}

export const waitersDie = [waiterDies('same', 'held'), waiterDies('same', 'free'), waiterDies('older', 'held')];

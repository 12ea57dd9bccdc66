import { describe, expect, it } from 'vitest';
import { replacementFindings } from '../../../core/preflight/replacement.ts';
import type { StableDeployment } from '../../../core/preflight/stable-objects.ts';

type Strategy = StableDeployment['spec']['strategy'];

function found(strategy: Strategy, replicas?: number) {
  const template = { spec: { containers: [{ name: 'app' }] } };
  return replacementFindings({ metadata: { name: 'checkout' }, spec: { replicas, strategy, selector: {}, template } }, 'shop', 'checkout');
}

const rolling = (maxSurge?: string | number, maxUnavailable?: string | number): Strategy => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable },
});

describe('T1: a Deployment that would replace all its pods at once', () => {
  it.each<[string, Strategy, number | undefined]>([
    ['strategy Recreate', { type: 'Recreate' }, 3],
    ['strategy Recreate and one pod', { type: 'Recreate' }, undefined],
    ['maxUnavailable 100%', rolling('25%', '100%'), 4],
    ['maxUnavailable of all its pods', rolling(1, 3), 3],
    ['maxUnavailable 1 of one pod', rolling(1, 1), 1],
    ['neither surge nor unavailable, which Kubernetes takes for 1, and one pod', rolling(0, '25%'), 1],
  ])('is refused: %s', (_, strategy, replicas) => {
    expect(found(strategy, replicas)).toMatchObject([{ severity: 'refusal', subject: 'Deployment shop/checkout' }]);
  });

  it.each<[string, Strategy, number | undefined]>([
    ['which says nothing', undefined, undefined],
    ['as the API fills it in', rolling('25%', '25%'), 1],
    ['with all but one unavailable', rolling(0, 3), 4],
    ['with a part of two pods', rolling(0, '99%'), 2],
    ['that is scaled to nothing, which is refused for that', { type: 'Recreate' }, 0],
  ])('is not one %s', (_, strategy, replicas) => {
    expect(found(strategy, replicas)).toEqual([]);
  });

  it('is told of its one pod where it has no more', () => {
    expect(found(rolling(1, 1), 1)).toMatchObject([
      {
        message:
          'Its rolling update takes its one pod away before the new one is ready, so a rollback that restores its image under traffic would leave no pod to take it.',
        remedy: expect.stringContaining('Let the new pod be ready before the old one goes, in its manifest too: kubectl'),
      },
    ]);
  });

  it('is told why, and the command that mends it', () => {
    expect(found({ type: 'Recreate' }, 3)).toEqual([
      {
        severity: 'refusal',
        subject: 'Deployment shop/checkout',
        message:
          'Its strategy is Recreate: all its pods go before the first new one comes, so a rollback that restores its image under traffic would leave no pod to take it.',
        remedy: `Let it replace a few at a time, in its manifest too: kubectl -n shop patch deployment checkout --type merge -p '{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}}}}'`,
      },
    ]);
  });
});

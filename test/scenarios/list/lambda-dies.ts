import type { RollbackReason } from '../../../core/rollout/record.ts';
import type { Scenario } from '../scenario.ts';

export const tasks = [
  'DeployCanary',
  'AwaitReady',
  'SetWeight',
  'VerifyWeight',
  'RunAnalysis',
  'Decide',
  'PromoteStable',
  'AwaitStable',
  'ReturnTraffic',
  'RemoveCanary',
  'Finish',
] as const;
type Task = (typeof tasks)[number];

/** Of these a first weight was set before. */
const afterFirstWeight: readonly Task[] = ['VerifyWeight', 'RunAnalysis', 'Decide'];
/** Of these the point of no return is past: a Lambda that dies says nothing against the image. */
const pastNoReturn: readonly Task[] = ['AwaitStable', 'ReturnTraffic', 'RemoveCanary', 'Finish'];

function lambdaFails(task: Task, how: string, reason: RollbackReason, fail: (stage: Parameters<Scenario['story']>[0]) => void): Scenario {
  const promoted = pastNoReturn.includes(task);
  const full = promoted || task === 'PromoteStable';
  return {
    name: `lambda-${how}-in-${task}`,
    title: `The Lambda of ${task} ${how}: ${promoted ? 'the rollback machine finishes the promotion' : 'everybody is put back on stable'}`,
    promises: ['O3', 'T1', 'T2', 'P1'],
    needs: ['mishaps'],
    requestsPerSecond: 10,
    story: async (stage) => {
      fail(stage);
      stage.push('v2');
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [
        {
          rollout: 'checkout',
          tag: 'v2',
          phase: promoted ? 'succeeded' : 'rolledBack',
          ...(promoted ? {} : { reason }),
          weights: full ? [10, 50, 100, 0] : afterFirstWeight.includes(task) ? [10, 0] : [],
        },
      ],
      badAnswers: [0, 0],
      ...(promoted ? { stable: { checkout: 'v2' } } : {}),
    },
  };
}

/** It dies at its first call, and if it is tried again at the next ones. */
export const lambdaDies = (task: Task, times: number): Scenario =>
  lambdaFails(task, times === 1 ? 'dies-once' : `dies-${times}-times`, 'error', ({ mishaps }) => mishaps.kill(task, times));

/** Its first call never answers. */
export const lambdaStalls = (task: Task): Scenario => lambdaFails(task, 'stalls', 'timeout', ({ mishaps }) => mishaps.stall(task));

export const lambdaFailuresInTheList = [lambdaDies('SetWeight', 1), lambdaDies('AwaitStable', 1), lambdaStalls('VerifyWeight')];

export const everyLambdaFailure: readonly Scenario[] = tasks.flatMap((task) => [lambdaDies(task, 1), lambdaStalls(task)]);

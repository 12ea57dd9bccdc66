import { rolloutPayload } from '../../../core/rollout/payload.ts';
import type { ScenarioOutcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { deathEvent } from './death-told.ts';

const route = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'shop' };
const early = ['RestoreTraffic', 'VerifyTraffic', 'RemoveCanary', 'FinishRollback'] as const;
const held = ['RestoreStable', 'AwaitStable', 'ReturnTraffic'] as const;
type RollbackTask = (typeof early)[number] | (typeof held)[number];

const crash = () => Promise.reject(new Error('The process of the Lambda died.'));
const stall = () => new Promise(() => undefined);

/** The fence of the door: the promotion has raised it once before. */
const doorFence = (task: RollbackTask): number => (held.some((one) => one === task) ? 3 : 2);

/** The first `times` calls for the rollback machine fail, those of the rollout machine, whose fence is older, do not. */
function failInRollback(stage: Stage, task: RollbackTask, times: number, fail: () => Promise<unknown>): void {
  let left = times;
  stage.mishaps.instead(task, (call, input) => {
    if (rolloutPayload.parse(input).fence < doorFence(task) || left === 0) return call();
    left -= 1;
    return fail();
  });
}

/** The only rollback has come to its end by itself: no Task gave up, and the sweep had nothing to do. */
function oneRollback({ executions }: Pick<ScenarioOutcome, 'executions'>, fence: number): string[] {
  const rollbacks = executions.filter(({ machine }) => machine === 'rollback');
  const said = rollbacks.map(({ name, status, states }) => `${name} ${status} in ${states.at(-1)?.state}`).join(', ');
  return said === `checkout-${fence}-1 succeeded in RolledBack` ? [] : [`the rollbacks were: ${said}`];
}

function failsInRollback(task: RollbackTask, how: 'dies' | 'stalls'): Scenario {
  const inPromotion = held.some((one) => one === task);
  const times = how === 'dies' ? 2 : 1;
  return {
    name: `lambda-${how}-in-${task}-of-the-rollback`,
    title: `The Lambda of ${task} ${how} in a rollback: it is called again, and nobody is paged`,
    promises: ['T2', 'O3', 'O5'],
    needs: ['mishaps'],
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.push('v2');
      await (inPromotion ? stage.untilState('AwaitStable') : stage.untilWeight(50));
      failInRollback(stage, task, times, how === 'dies' ? crash : stall);
      await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
    },
    expected: {
      rollouts: [
        { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: inPromotion ? [10, 50, 100, 0] : [10, 50, 0] },
      ],
      badAnswers: [0, 0],
    },
    check: (outcome) => oneRollback(outcome, doorFence(task)),
  };
}

export const doorDies: Scenario = {
  name: 'abort-door-dies-twice',
  title: 'The Lambda of the door dies as a step gives up: it is called again, and need not wait for the sweep',
  promises: ['O3', 'T2'],
  needs: ['mishaps'],
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.mishaps.kill('VerifyWeight', 1);
    stage.mishaps.kill('Abort', 2);
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error', weights: [10, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ executions }) => {
    const end = executions.find(({ machine }) => machine === 'rollout')?.states.at(-1)?.state;
    return end === 'RollbackStarted' ? [] : [`the rollout's execution ended in ${end}`];
  },
};

function notRetried(): Scenario {
  let timesVerified = 0;
  return {
    name: 'rollback-meets-a-fatal-error',
    title: 'The route is taken away in the middle of a rollback: trying again cannot help, and people are told at once',
    promises: ['O5', 'P1'],
    needs: ['mishaps'],
    requestsPerSecond: 0,
    spec: {
      checkout: (usual) => ({
        ...usual,
        steps: [
          { weight: 10, bake: '60s' },
          { weight: 100, bake: '60s' },
        ],
        analysis: { interval: '60s', alarms: ['checkout-errors'] },
      }),
    },
    story: async (stage) => {
      stage.push('v2');
      // Its execution sleeps meanwhile, and nobody is told of its end, so that neither comes to the door as well.
      stage.sandbox.bus.injectFault({ kind: 'drop', pattern: deathEvent });
      await stage.untilState('Bake');
      timesVerified = 0;
      const { promise: doorDone, resolve: isDone } = Promise.withResolvers<void>();
      stage.mishaps.instead('VerifyTraffic', async (call) => {
        timesVerified += 1;
        // The door itself would be refused by a route that is gone.
        await doorDone;
        stage.outside((kubernetes) => kubernetes.delete(route));
        return call();
      });
      await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
      isDone();
      await stage.untilPhase('failed');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'failed', reason: 'abort', weights: [10, 0] }],
      badAnswers: [0, 0],
    },
    check: ({ executions }) => {
      const { states = [] } = executions.find(({ machine }) => machine === 'rollback') ?? {};
      const last = states.at(-1)?.state;
      return last === 'RollbackFailed' && timesVerified === 1 ? [] : [`it was in ${last} after it had verified ${timesVerified} times`];
    },
  };
}

export const fatalIsNotRetried = notRetried();

/** A door without the store, such as `sluice abort --direct`, left a newer fence; RestoreTraffic goes beyond it and dies before it answers. */
export const diesWithFenceRaised: Scenario = {
  name: 'restore-traffic-dies-with-the-fence-raised',
  title:
    'RestoreTraffic goes beyond a fence that it finds on the route and dies before it answers: called again, it goes on with its own fence',
  promises: ['T2', 'T3', 'O3'],
  needs: ['mishaps'],
  requestsPerSecond: 10,
  // Long enough for the sweep to come round: it finds the execution under the fence that it was started with.
  spec: { checkout: (usual) => ({ ...usual, deadlines: { ...usual.deadlines, drain: '70s' } }) },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    const end = stage.mishaps.instead('RestoreTraffic', async (call) => {
      end();
      stage.outside((kubernetes) => kubernetes.patch(route, { metadata: { annotations: { 'fence.sluice.dev/checkout': '7' } } }));
      await call();
      return crash();
    });
    await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: [10, 50, 0] }],
    badAnswers: [0, 0],
  },
  check: (outcome) => {
    const fence = outcome.splits.at(-1)?.fence;
    // Its own is 8, and the removal of the canary raises that by one.
    return [...oneRollback(outcome, 2), ...(fence === 9 ? [] : [`the route ended at fence ${fence}`])];
  },
};

export const rollbackFailuresInTheList = [failsInRollback('RestoreTraffic', 'dies'), doorDies, fatalIsNotRetried, diesWithFenceRaised];

export const everyRollbackFailure: readonly Scenario[] = [...early, ...held].flatMap((task) => [
  failsInRollback(task, 'dies'),
  failsInRollback(task, 'stalls'),
]);

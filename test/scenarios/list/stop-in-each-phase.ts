import type { MachineName } from '../../../core/ports.ts';
import { rolloutPayload } from '../../../core/rollout/payload.ts';
import { cameToRestAtMs } from '../came-to-rest.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { deathEvent } from './death-told.ts';

/** The lease, the sweep's minute, and its run. */
const longestSeconds = 121;

const beforeTheEnd = ['DeployCanary', 'AwaitReady', 'SetWeight', 'VerifyWeight', 'Bake', 'RunAnalysis', 'Decide'] as const;
const pastNoReturn = ['PromoteStable', 'AwaitStable', 'ReturnTraffic', 'Drain', 'RemoveCanary', 'Finish'] as const;
type Stopped = (typeof beforeTheEnd)[number] | (typeof pastNoReturn)[number];

/** A state without a Lambda: it takes time, so that it can be stopped by its name. */
const isWait = (state: string): boolean => state === 'Bake' || state === 'Drain';

/** At which weight it is stopped: at the second step, where the state is one of a step. */
const weightsBefore: Partial<Record<Stopped, readonly number[]>> = { DeployCanary: [], AwaitReady: [], SetWeight: [10, 0] };

/**
 * The execution is stopped in the console while it is in one state. Its Lambda, if there is one, works on, as on AWS: at once, or so
 * late that the sweep has come in between.
 */
export function stopIn(state: Stopped, lambda: 'goesOn' | 'isLate'): Scenario {
  const promoted = pastNoReturn.some((one) => one === state) && !(state === 'PromoteStable' && lambda === 'isLate');
  const waits = state === 'Bake';
  const late = lambda === 'isLate';
  const first = weightsBefore[state] ?? [10, 50, 0];
  // Stopped in SetWeight at the second step: a Lambda that goes on writes its weight, one that is late finds the fence.
  const weights = promoted || state === 'PromoteStable' ? [10, 50, 100, 0] : state === 'SetWeight' && !late ? [10, 50, 0] : first;
  return {
    name: `stop-in-${state}${late ? '-with-a-late-lambda' : ''}`,
    title: `The execution is stopped in ${state}${late ? ', and its Lambda comes round two minutes later' : ''}, and its event is lost: the sweep ends the rollout`,
    promises: promoted ? ['O3', 'T1', 'T3'] : ['O3', 'T3', 'T4'],
    ...(isWait(state) ? {} : { needs: ['mishaps'] }),
    ...(waits
      ? {
          spec: {
            checkout: (usual) => ({
              ...usual,
              steps: [10, 50, 100].map((weight) => ({ weight, bake: '40s' })),
              analysis: { interval: '40s', alarms: ['checkout-errors'] },
            }),
          },
        }
      : {}),
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.sandbox.bus.injectFault({ kind: 'drop', pattern: deathEvent });
      stage.push('v2');
      await stopWhileIn(stage, state, late ? 120 : 0);
      if (late) await stage.sleep(130);
    },
    expected: {
      rollouts: [
        { rollout: 'checkout', tag: 'v2', phase: promoted ? 'succeeded' : 'rolledBack', ...(promoted ? {} : { reason: 'abort' }), weights },
      ],
      badAnswers: [0, 0],
      ...(promoted ? { stable: { checkout: 'v2' } } : {}),
    },
    check: ({ executions, splits }) => {
      const stoppedAtMs = executions.find(({ status }) => status === 'stopped')?.endedAtMs;
      if (stoppedAtMs === undefined) return ['nothing was stopped'];
      const seconds = (cameToRestAtMs(splits) - stoppedAtMs) / 1000;
      return seconds <= longestSeconds ? [] : [`the traffic came to rest ${seconds} s after the stop`];
    },
  };
}

/** Stops the execution as its state's Lambda is called; a state that waits is stopped a second into its wait. */
async function stopWhileIn(stage: Stage, state: Stopped, lateSeconds: number): Promise<void> {
  const atSecondStep = state !== 'DeployCanary' && beforeTheEnd.some((one) => one === state);
  if (isWait(state)) {
    const execution = await stage.untilState(state, atSecondStep ? 2 : 1);
    await stage.sleep(1);
    return stage.stop(execution);
  }
  await whenCalled(stage, state, 'rollout', atSecondStep && state !== 'AwaitReady' ? 1 : 0, lateSeconds);
}

/** Stops the execution of a machine as a Lambda is called for it, at a step; the Lambda then does its work, so much later. */
function whenCalled(stage: Stage, name: string, machine: MachineName, stepIndex: number, lateSeconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = stage.mishaps.instead(name, async (call, input) => {
      const payload = rolloutPayload.parse(input);
      // The first state of an execution is entered before the execution is known to have started.
      await stage.sleep(0.01);
      const execution = stage.sandbox.engine.executions.findLast((one) => one.machine === machine && one.status === 'running');
      if (payload.stepIndex < stepIndex || execution === undefined) return call();
      end();
      void stage.stop(execution).then(resolve);
      await stage.sleep(lateSeconds);
      return call();
    });
  });
}

const rollbackStates = ['RestoreTraffic', 'VerifyTraffic', 'Drain', 'RemoveCanary', 'FinishRollback'] as const;
const heldStates = ['RestoreStable', 'AwaitStable', 'ReturnTraffic'] as const;

/** The rollback itself is stopped: the sweep starts it again. With a promotion half-way where the state is one of those that need it. */
export function stopRollbackIn(state: (typeof rollbackStates)[number] | (typeof heldStates)[number]): Scenario {
  const held = heldStates.some((one) => one === state);
  return {
    name: `stop-rollback-in-${state}`,
    title: `The rollback is stopped in ${state}: the sweep starts it again, and it comes to its end`,
    promises: ['O3', 'T1', 'T2'],
    ...(isWait(state) ? {} : { needs: ['mishaps'] }),
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.push('v2');
      await (held ? stage.untilState('AwaitStable') : stage.untilWeight(50));
      if (isWait(state)) {
        await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
        const execution = await stage.untilState('Drain', 1, 'rollback');
        await stage.stop(execution);
      } else {
        const stopped = whenCalled(stage, state, 'rollback', 0, 0);
        await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
        await stopped;
      }
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: held ? [10, 50, 100, 0] : [10, 50, 0] }],
      badAnswers: [0, 0],
    },
    check: ({ executions }) => {
      const rollbacks = executions.filter(({ machine }) => machine === 'rollback').map(({ status }) => status);
      const wanted = state === 'FinishRollback' ? 'stopped' : 'stopped,succeeded';
      return rollbacks.join() === wanted ? [] : [`the rollbacks ended ${rollbacks.join()}`];
    },
  };
}

/** One of each kind is in the list of all scenarios; the rest has a test file of its own. */
export const stopsInTheList = [
  stopIn('Bake', 'goesOn'),
  stopIn('RunAnalysis', 'goesOn'),
  stopIn('AwaitStable', 'goesOn'),
  stopIn('Drain', 'goesOn'),
  stopRollbackIn('RestoreTraffic'),
  stopRollbackIn('Drain'),
];

export const everyStop: readonly Scenario[] = [
  ...[...beforeTheEnd, ...pastNoReturn].map((state) => stopIn(state, 'goesOn')),
  ...[...beforeTheEnd, ...pastNoReturn].filter((state) => !isWait(state)).map((state) => stopIn(state, 'isLate')),
  ...[...rollbackStates, ...heldStates].map(stopRollbackIn),
];

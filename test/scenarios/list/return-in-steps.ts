import { returnSeconds } from '../../../core/rollout/return-split.ts';
import type { ImageBehaviour } from '../../../sandbox/fleet.ts';
import { clusterAlike } from '../in-process.ts';
import { onOutsideEdit, scaleStable, setAutoscalerMinimum } from '../outsider.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { toldBy } from '../told.ts';

const podsAtStart = 4;
/** What all traffic may return to at once: one pod of four may be missing. */
const enoughPods = 3;

/** The usual spec with a long last bake, whose outside edits stop the rollout: the alarm, and not the edit, rolls it back. */
const spec: NonNullable<Scenario['spec']> = {
  checkout: (usual) => ({
    ...onOutsideEdit('halt')(usual),
    steps: [
      { weight: 10, bake: '5s' },
      { weight: 50, bake: '5s' },
      { weight: 100, bake: '60s' },
    ],
    analysis: { interval: '1s', alarms: ['checkout-errors'] },
  }),
};

/** Elsewhere a pod is told once, for all of its image. */
const podsByTurns = 'each pod is to start later than the one before it';

const rolledBack = { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm' } as const;

/** Pods that start from now on are ready so many seconds after they start, and each so many after the one before. */
function oneAfterTheOther(everySeconds: number): ImageBehaviour {
  let started = 0;
  return {
    pod: {
      get readyAfterMs() {
        started += 1;
        return started * everySeconds * 1000;
      },
    },
  };
}

/** Somebody undoes the pin and scales stable down to one pod, while the canary has everything. */
async function loseCapacity(stage: Stage, later: ImageBehaviour): Promise<void> {
  stage.push('v2');
  await stage.untilWeight(100);
  await stage.sleep(3);
  stage.sandbox.fleet.behave('v1', later);
  setAutoscalerMinimum(stage, 1);
  scaleStable(stage, 1);
  await stage.until('one pod of stable', () => readyPods(stage) === 1);
}

async function alarm(stage: Stage): Promise<void> {
  await stage.sandbox.cloudWatch.setAlarmState(stage.alarmName('checkout-errors'), 'ALARM', 'Set by hand.');
}

function readyPods({ sandbox }: Stage, service = 'checkout'): number {
  return sandbox.kubernetes.endpoints('shop', service).filter(({ ready }) => ready).length;
}

/** Notes what stable was given beyond what its ready pods carry, while the canary was there to answer. */
function watchOverload(stage: Stage): readonly string[] {
  const seen: string[] = [];
  stage.sandbox.kubernetes.onChange((_, { kind }) => {
    const split = stage.witness.changes.at(-1);
    if (kind !== 'VirtualService' || split === undefined) return;
    const pods = readyPods(stage);
    const most = pods >= enoughPods || readyPods(stage, 'checkout-canary') === 0 ? 100 : (100 * pods) / podsAtStart;
    if (split.stable > most) seen.push(`T7: stable was given ${split.stable} with ${pods} of ${podsAtStart} pods ready`);
  });
  return seen;
}

function inSteps(): Scenario {
  let overload: readonly string[] = [];
  return {
    name: 'return-in-steps',
    title: 'Somebody undid the pin and scaled stable down, then an alarm fires: traffic returns as fast as stable gets its pods back',
    promises: ['T2', 'T3', 'T7'],
    inProcessBecause: podsByTurns,
    requestsPerSecond: 10,
    spec,
    story: async (stage) => {
      await loseCapacity(stage, oneAfterTheOther(5));
      overload = watchOverload(stage);
      await alarm(stage);
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: { rollouts: [{ ...rolledBack, weights: [10, 50, 100, 75, 50, 0] }], badAnswers: [0, 0] },
    check: ({ rollouts: [rollout] }, { sandbox }) => {
      const told = toldBy(sandbox).find(({ detail }) => detail['transition'] === 'rollingBack')?.detail['reason'];
      const steps = rollout?.history.filter(({ what }) => what === 'trafficReturning').map(({ weight }) => weight);
      return [
        ...overload,
        ...(String(told).includes('1 of the 4 ready pods') ? [] : [`it was told as: ${told}`]),
        ...(JSON.stringify(steps) === '[75,50]' ? [] : [`the history has the steps ${JSON.stringify(steps)}`]),
      ];
    },
  };
}

const deadlinePasses: Scenario = {
  name: 'return-in-steps-deadline',
  title: 'Stable does not get its pods back: after two minutes everything goes to what there is of it, and people are told so',
  promises: ['T2', 'T7', 'W1'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 5,
  spec,
  story: async (stage) => {
    await loseCapacity(stage, { pod: { readyAfterMs: 'never' } });
    await alarm(stage);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: { rollouts: [{ ...rolledBack, weights: [10, 50, 100, 75, 0] }], badAnswers: [0, 0] },
  check: ({ splits }, { sandbox }) => {
    const [first, last] = [splits.find(({ canary }) => canary === 75), splits.findLast(({ canary }) => canary === 75)];
    const whole = splits.find(({ atMs, canary }) => canary === 0 && atMs > (last?.atMs ?? 0));
    const seconds = ((whole?.atMs ?? 0) - (first?.atMs ?? 0)) / 1000;
    const told = toldBy(sandbox).find(({ detail }) => detail['transition'] === 'rolledBack')?.detail['reason'];
    return [
      ...(Math.abs(seconds - returnSeconds) < 5 ? [] : [`all traffic was back after ${seconds} s`]),
      ...(String(told).includes('After 2m, stable has 1 of the 4 ready pods') ? [] : [`it was told as: ${told}`]),
    ];
  },
};

const podRestarts: Scenario = {
  name: 'return-while-a-pod-restarts',
  title: "One of stable's pods is being replaced as the alarm fires: that slows nothing down",
  promises: ['T2', 'T7'],
  needs: ['exactTime'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 5,
  spec,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(100);
    await stage.sleep(3);
    stage.sandbox.fleet.behave('v1', { pod: { readyAfterMs: 60_000 } });
    stage.outside((kubernetes) => {
      const pods = kubernetes.list({ apiVersion: 'v1', resource: 'pods', namespace: 'shop' });
      const [first] = pods.filter(({ metadata: { labels } }) => labels?.['sluice.dev/side'] === 'stable');
      if (first !== undefined) kubernetes.delete({ apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: first.metadata.name });
    });
    await stage.until('a pod less', () => readyPods(stage) === podsAtStart - 1);
    await alarm(stage);
    await stage.untilWeight(0, 'checkout', 1);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: { rollouts: [{ ...rolledBack, weights: [10, 50, 100, 0] }], badAnswers: [0, 0] },
};

const rollbackStopped: Scenario = {
  name: 'return-in-steps-stopped',
  title: 'The rollback is stopped while traffic returns in steps: the sweep starts it again, and it goes on from where it was',
  promises: ['O3', 'T3', 'T7'],
  inProcessBecause: podsByTurns,
  requestsPerSecond: 5,
  spec,
  story: async (stage) => {
    await loseCapacity(stage, oneAfterTheOther(20));
    await alarm(stage);
    const execution = await stage.untilState('WaitForCapacity', 1, 'rollback');
    await stage.stop(execution);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: { rollouts: [{ ...rolledBack, weights: [10, 50, 100, 75, 50, 0] }], badAnswers: [0, 0] },
  check: ({ executions }) => {
    const rollbacks = executions.filter(({ machine }) => machine === 'rollback').map(({ status }) => status);
    return rollbacks.join() === 'stopped,succeeded' ? [] : [`the rollbacks ended ${rollbacks.join()}`];
  },
};

const noPodLeft: Scenario = {
  name: 'return-to-a-stable-scaled-to-nothing',
  title: 'Somebody undid the pin and scaled stable to nothing: the canary keeps the traffic until stable has its pods again',
  promises: ['T1', 'T7'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 5,
  spec,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(100);
    await stage.sleep(3);
    setAutoscalerMinimum(stage, 1);
    scaleStable(stage, 0);
    await stage.until('no pod of stable', () => readyPods(stage) === 0);
    await alarm(stage);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: { rollouts: [{ ...rolledBack, weights: [10, 50, 100, 0] }], badAnswers: [0, 0] },
};

export const returnsInSteps = [inSteps(), deadlinePasses, podRestarts, rollbackStopped, noPodLeft];

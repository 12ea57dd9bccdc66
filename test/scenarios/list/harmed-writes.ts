import type { RequestFacts } from '../../../sandbox/kubernetes/kubernetes.ts';
import { givesCanary, type Harm, harm, isDoor, outageFrom } from '../harm.ts';
import { clusterAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** What can become of a write to the route. */
interface Mishap {
  readonly name: string;
  readonly title: string;
  /** Bad answers where it befalls the write that takes the weight away: 5 a second from three failed measurements on. */
  readonly badAnswersAtTheDoor: readonly [number, number];
  readonly befall: (stage: Stage, where: (request: RequestFacts) => boolean) => Harm;
}

const mishaps: readonly Mishap[] = [
  {
    name: 'lost-write',
    title: 'is answered 200 and never made',
    badAnswersAtTheDoor: [15, 25],
    befall: (stage, where) => harm(stage, where, { kind: 'lostWrite' }),
  },
  {
    name: 'delayed-write',
    title: 'is answered 200 and made four seconds later',
    badAnswersAtTheDoor: [15, 25],
    befall: (stage, where) => harm(stage, where, { kind: 'delayedWrite', delayMs: 4000 }),
  },
  {
    name: 'answer-lost',
    title: 'is made, but its answer is lost, also when it is sent again',
    badAnswersAtTheDoor: [15, 25],
    // A request on a kept connection is sent a second time by the client itself.
    befall: (stage, where) => harm(stage, where, { kind: 'hangUpAfter' }, 2),
  },
  {
    name: 'api-down',
    title: 'meets an API server that answers 503 to everything for five seconds',
    // The outage, and the back-off of whoever tries again.
    badAnswersAtTheDoor: [40, 60],
    befall: (stage, where) => outageFrom(stage, where, 5, 503),
  },
  {
    name: 'api-starts',
    title: 'meets an API server that has just started, and forbids everything to everybody for five seconds',
    badAnswersAtTheDoor: [40, 60],
    befall: (stage, where) => outageFrom(stage, where, 5, 403),
  },
];

/** A scenario whose mishap befell nobody shows nothing. */
function notInVain(befallen: Harm | undefined): string[] {
  return (befallen?.count() ?? 0) > 0 ? [] : ['the mishap befell nobody'];
}

function atWeight(weight: number, mishap: Mishap): Scenario {
  let befallen: Harm | undefined;
  return {
    name: `${mishap.name}-at-${weight}`,
    title: `The write that gives the canary ${weight} ${mishap.title}; the rollout succeeds all the same`,
    promises: ['T1', 'T8', 'W2'],
    inProcessBecause: clusterAlike,
    requestsPerSecond: 20,
    story: async (stage) => {
      befallen = mishap.befall(stage, givesCanary(weight));
      stage.push('v2');
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [30, 60] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
    check: () => notInVain(befallen),
  };
}

function atTheDoor(mishap: Mishap): Scenario {
  let befallen: Harm | undefined;
  return {
    name: `${mishap.name}-at-the-door`,
    title: `The write that takes the canary's weight away ${mishap.title}; it is rolled back all the same`,
    promises: ['T2', 'T3', 'T4'],
    inProcessBecause: clusterAlike,
    requestsPerSecond: 20,
    spec: { checkout: (usual) => ({ ...usual, analysis: { ...usual.analysis, alarms: [] } }) },
    story: async (stage) => {
      befallen = mishap.befall(stage, isDoor);
      stage.push('v2');
      await stage.untilWeight(50);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.5 } });
      await stage.untilState('RolledBack', 1, 'rollback');
      // A write that was delayed lands meanwhile, if it can.
      await stage.sleep(5);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] }],
      badAnswers: mishap.badAnswersAtTheDoor,
    },
    check: () => notInVain(befallen),
  };
}

/** Each mishap, at each write of a weight. */
export const harmedWrites: readonly Scenario[] = mishaps.flatMap((mishap) => [
  ...[10, 50, 100].map((weight) => atWeight(weight, mishap)),
  atTheDoor(mishap),
]);

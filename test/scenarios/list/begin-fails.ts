import { ClusterUnavailableError } from '../../../core/errors.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { type Told, toldBy } from '../told.ts';

/** The first try and all that the state machine makes after it. */
const triesOfBegin = 7;

const expected: Scenario['expected'] = {
  rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
  badAnswers: [0, 0],
  stable: { checkout: 'v2' },
};

const common = {
  promises: ['P1', 'O2'],
  needs: ['mishaps'],
  requestsPerSecond: 10,
  spec: { checkout: (usual) => ({ ...usual, notifications: { channel: 'shop-alerts' } }) },
} satisfies Partial<Scenario>;

/** The starts that came to nothing, as they were told. */
export const refusals = (stage: Pick<Stage, 'sandbox'>): Told[] =>
  toldBy(stage.sandbox).filter(({ detailType }) => detailType === 'Rollout Refused');

/** What is wrong with how the one start was told that failed. */
function wronglyRefused(stage: Stage, error: string, reason: RegExp, also: Readonly<Record<string, unknown>>): string[] {
  const [told, ...more] = refusals(stage);
  if (told === undefined) return ['P1: nobody was told'];
  const wanted = { error, tag: 'v2', actor: { kind: 'push', id: 'v2' }, ...also };
  const wrong = Object.entries(wanted).filter(([field, value]) => JSON.stringify(told.detail[field]) !== JSON.stringify(value));
  return [
    ...(more.length === 0 ? [] : [`P1: it was told ${more.length + 1} times`]),
    ...(told.id.endsWith('/refused') ? [] : [`P1: the id is ${told.id}`]),
    ...(reason.test(String(told.detail['reason'])) ? [] : [`P1: the reason is ${told.detail['reason']}`]),
    ...wrong.map(([field, value]) => `P1: ${field} is ${JSON.stringify(told.detail[field])}, expected ${JSON.stringify(value)}`),
  ];
}

const known = { rollout: 'checkout', notify: { channel: 'shop-alerts' } };

const runsOutOfRetries: Scenario = {
  ...common,
  name: 'begin-runs-out-of-retries',
  title: 'The cluster answers to none of the tries of Begin: the start is told once, and the sweep starts the image again',
  story: async (stage) => {
    let left = triesOfBegin;
    stage.mishaps.instead('Begin', async (call) => {
      if (left <= 0) return call();
      left -= 1;
      throw new ClusterUnavailableError('The API server does not answer.', { remedy: 'Wait.' });
    });
    stage.push('v2');
    await stage.untilState('Refused');
    await stage.untilState('Succeeded');
  },
  expected: { ...expected, executions: { refused: 1, ignored: 0 } },
  check: (_, stage) => wronglyRefused(stage, 'ClusterUnavailableError', /^The API server does not answer\. Wait\.$/, known),
};

const lambdaDies: Scenario = {
  ...common,
  name: 'begin-dies',
  title: 'The Lambda of Begin dies, which is not tried again: the start is told once, and the sweep starts the image again',
  story: async (stage) => {
    stage.mishaps.kill('Begin', 1);
    stage.push('v2');
    await stage.untilState('Refused');
    await stage.untilState('Succeeded');
  },
  expected: { ...expected, executions: { refused: 1, ignored: 0 } },
  check: (_, stage) => wronglyRefused(stage, 'Error', /^The process of the Lambda died\.$/, known),
};

const withoutStore: Scenario = {
  ...common,
  name: 'begin-without-the-store',
  title:
    'The store answers to none of the tries of Begin, nor afterwards: the start is told without it, and the sweep starts the image later',
  story: async (stage) => {
    stage.mishaps.storeDown = true;
    stage.push('v2');
    await stage.untilState('AbortFailed');
    stage.mishaps.storeDown = false;
    await stage.untilState('Succeeded');
  },
  expected,
  check: (_, stage) =>
    wronglyRefused(stage, 'StoreUnavailableError', /The store does not answer\. .* whether the service was taken/, { rollout: undefined }),
};

const hasBegunAlready: Scenario = {
  ...common,
  name: 'begin-dies-with-the-service-taken',
  title: 'The Lambda of Begin dies when it has taken the service: that is told as a rollback, and not as a start that came to nothing',
  promises: ['P1', 'O3'],
  story: async (stage) => {
    stage.mishaps.dieAfterWriting(({ phase }) => phase === 'pending');
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error', weights: [] }],
    badAnswers: [0, 0],
  },
  check: (_, stage) => refusals(stage).map(({ id }) => `P1: ${id} was told of a rollout that had begun`),
};

export const beginFails = [runsOutOfRetries, lambdaDies, withoutStore, hasBegunAlready];

import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const short: NonNullable<Scenario['spec']> = { checkout: (usual) => ({ ...usual, steps: [{ weight: 100, bake: '5s' }] }) };
const pushEvent = { source: ['aws.ecr'], detail: { 'image-tag': ['v2'] } };
const succeeded = { rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [100, 0] } as const;
const promoted = { badAnswers: [0, 0], stable: { checkout: 'v2' } } as const;
const repository = (stage: Stage) => stage.sandbox.repositoryOf('checkout');

export const pushFiveTimes: Scenario = {
  name: 'same-push-five-times',
  title: 'EventBridge delivers one push five times at once: five executions race in Begin, one rolls out',
  promises: ['O1', 'O2'],
  spec: short,
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.sandbox.bus.injectFault({ kind: 'duplicate', pattern: pushEvent, times: 5 });
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: { ...promoted, rollouts: [succeeded], executions: { refused: 0, ignored: 4 } },
};

export const pushAgainAfterTheEnd: Scenario = {
  name: 'push-delivered-again-after-the-end',
  title: 'The same event of a push comes again after its rollout was aborted: it has no second effect',
  promises: ['O2'],
  spec: short,
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(100);
    await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'not today' });
    await stage.untilState('RolledBack', 1, 'rollback');
    // With the id that EventBridge gave it, which a second delivery repeats.
    await stage.console(stage.sandbox.engine.executions[0]?.input);
    await stage.untilState('NothingToDo');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: [100, 0] }],
    badAnswers: [0, 0],
    executions: { refused: 0, ignored: 1 },
  },
};

export const pushLost: Scenario = {
  name: 'push-lost',
  title: "ECR's event is lost: the sweep finds the push in the registry",
  promises: ['O2'],
  spec: short,
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.sandbox.bus.injectFault({ kind: 'drop', pattern: pushEvent });
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: { ...promoted, rollouts: [succeeded] },
  check: ({ rollouts }, { sandbox }) => {
    const push = sandbox.bus.puts.find(({ fault }) => fault === 'drop');
    const seconds = ((rollouts[0]?.record.startedAtMs ?? 0) - (push?.atMs ?? 0)) / 1000;
    return seconds <= 61 ? [] : [`the push was found after ${seconds} s`];
  },
};

export const multiArchitecturePush: Scenario = {
  name: 'multi-architecture-push',
  title: 'An image of two architectures is pushed, and manifests without a tag: one rollout, of the index',
  promises: ['O2'],
  spec: short,
  requestsPerSecond: 10,
  story: async (stage) => {
    const { ecr } = stage.sandbox;
    ecr.push({ repository: repository(stage) });
    ecr.push({ repository: repository(stage), tag: 'v2', children: ['linux/amd64', 'linux/arm64'] });
    await stage.untilState('Succeeded');
  },
  expected: { ...promoted, rollouts: [succeeded] },
};

export const pushOfAnotherTag: Scenario = {
  name: 'push-of-a-tag-that-no-spec-takes',
  title: 'A tag that matches no pattern of the spec is pushed: nothing happens, from the sweep neither',
  promises: ['O2'],
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('nightly');
    await stage.untilState('NothingToDo');
    await stage.sweeps(2);
  },
  expected: { rollouts: [], badAnswers: [0, 0], executions: { refused: 0, ignored: 1 } },
};

export const quarantinedPush: Scenario = {
  name: 'quarantined-image-is-pushed-again',
  title: 'An image that failed is pushed again and is ignored, until somebody at the console forces it',
  promises: ['O4'],
  spec: { checkout: (usual) => ({ ...usual, steps: [{ weight: 100, bake: '5s' }], analysis: { ...usual.analysis, alarms: [] } }) },
  versions: { v2: { service: { errorShare: 0.5 } } },
  story: async (stage) => {
    const digest = stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
    stage.sandbox.fleet.behave('v2', {});
    stage.sandbox.ecr.push({ repository: repository(stage), tag: 'v2-again', digest });
    await stage.untilState('NothingToDo');
    // Until what it answered before is no longer in the window of the metrics.
    await stage.sleep(12);
    const refused = await stage.console({ rollout: 'checkout', image: digest });
    await stage.sandbox.engine.untilEnded(refused);
    await stage.console({ rollout: 'checkout', image: digest, force: { by: 'ada', why: 'The database was down.' } });
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [
      { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [100, 0] },
      { rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [100, 0] },
    ],
    badAnswers: [76, 84],
    stable: { checkout: 'v2' },
    executions: { refused: 1, ignored: 1 },
  },
};

export const pushes = [pushFiveTimes, pushAgainAfterTheEnd, pushLost, multiArchitecturePush, pushOfAnotherTag, quarantinedPush];

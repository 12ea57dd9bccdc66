import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Specs } from '../../adapters/store/specs.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { AwsUnavailableError, StoreUnavailableError } from '../../core/errors.ts';
import type { RolloutStore, SluiceEvent } from '../../core/ports.ts';
import { tellRefusal } from '../../functions/tell-refusal.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { begin, underWay } from '../adapters/store/rollouts-for-tests.ts';
import { specSource, startMs } from '../core/rollout/rollout-for-tests.ts';

const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:one';
const digest = `sha256:${'a'.repeat(64)}`;
const error = { Error: 'ClusterUnavailableError', Cause: JSON.stringify({ errorMessage: 'The API server does not answer. Wait.' }) };
const typed = { rollout: 'checkout', image: 'v2' };

const push = (repository: string, tag = 'v2') => ({
  ...{ version: '0', id: 'push-1', account: '111122223333', time: '2026-11-21T20:00:00Z', region: 'eu-west-1', resources: [] },
  source: 'aws.ecr',
  'detail-type': 'ECR Image Action',
  detail: { 'action-type': 'PUSH', result: 'SUCCESS', 'repository-name': repository, 'image-digest': digest, 'image-tag': tag },
});

/** The state behind Begin, with what a store knows and a bus that can be taken away. */
async function setUp(store: RolloutStore = createMemoryStore(), busDown = false) {
  const told: SluiceEvent[] = [];
  const log = createMemoryLog();
  const notAsked = () => {
    throw new Error('nobody else was to be asked');
  };
  const deps: Deps = {
    ...{ store, log, clock: new VirtualClock({ startMs }), clusters: { open: notAsked }, clusterFinder: { find: notAsked } },
    ...{ executions: { start: notAsked, describe: notAsked, stop: notAsked }, images: { resolve: notAsked, pushedSince: notAsked } },
    ...{
      alarms: { read: notAsked },
      cloudWatch: { measure: notAsked, list: notAsked },
      prometheus: notAsked,
      webhookSecret: { read: notAsked },
    },
    events: {
      publish: async (events) => {
        if (busDown) throw new AwsUnavailableError('The bus does not answer.', { remedy: 'Wait.' });
        told.push(...events);
      },
    },
  };
  const run = (payload: object, arn = executionArn) => tellRefusal.wiredWith(deps)({ executionArn: arn, payload });
  return { told, log, run };
}

async function withSpec(): Promise<RolloutStore> {
  const store = createMemoryStore();
  const image = { repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout', tags: ['v*'] };
  await new Specs(store).apply({ ...specSource({ image, notifications: { channel: 'shop-alerts' } }) }, startMs);
  return store;
}

async function endedRollout(store: RolloutStore, name: string): Promise<void> {
  const rollouts = new Turns(store, new VirtualClock({ startMs }));
  const begun = await begin(rollouts, name);
  if (begun.outcome === 'begun') await rollouts.end(await rollouts.loadOwned(begun.record), { phase: 'succeeded' });
}

describe('P1: a start that came to nothing', () => {
  it('is told with its error, who asked for what, and the channel of its spec, and goes on to the door as it was', async () => {
    const { told, run } = await setUp(await withSpec());
    const payload = { input: typed, error, waitSeconds: 10 };
    expect(await run(payload)).toEqual(payload);
    expect(told).toEqual([
      {
        id: `${executionArn}/refused`,
        detailType: 'Rollout Refused',
        atMs: startMs,
        detail: {
          executionArn,
          error: 'ClusterUnavailableError',
          reason: 'The API server does not answer. Wait.',
          rollout: 'checkout',
          image: 'v2',
          actor: { kind: 'person', id: 'console' },
          notify: { channel: 'shop-alerts' },
        },
      },
    ]);
  });

  it('by a push is told of the rollout that it meant', async () => {
    const { told, run } = await setUp(await withSpec());
    await run({ input: push('shop/checkout'), error });
    expect(told).toMatchObject([
      { detail: { rollout: 'checkout', tag: 'v2', actor: { kind: 'push', id: 'v2' }, notify: { channel: 'shop-alerts' } } },
    ]);
    expect(told[0]?.detail['image']).toBe(`111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout@${digest}`);
  });

  it.each([
    ['a push that no spec takes', push('shop/nobody'), { tag: 'v2' }, ['rollout', 'notify']],
    ['a rollout that there is not', { rollout: 'chekout', image: 'v2' }, { rollout: 'chekout' }, ['notify']],
    ['no start at all', 42, {}, ['rollout', 'image', 'actor', 'notify']],
    ['nothing', undefined, {}, ['rollout', 'image', 'actor', 'notify']],
  ])('by %s is told all the same', async (_what, input, has, hasNot) => {
    const { told, run } = await setUp(await withSpec());
    await run({ input, error });
    expect(told).toMatchObject([{ detail: { reason: 'The API server does not answer. Wait.', ...has } }]);
    for (const field of hasNot) expect(told[0]?.detail).not.toHaveProperty(field);
  });

  it.each([
    [{ Error: 'States.Timeout' }, 'States.Timeout', 'States.Timeout'],
    [{ Error: 'Error', Cause: 'The process died.' }, 'Error', 'The process died.'],
    [undefined, 'Unknown', 'The start failed without saying why.'],
  ])('is told by whatever is known of its error (%#)', async (caught, name, reason) => {
    const { told, run } = await setUp(await withSpec());
    await run({ input: typed, error: caught });
    expect(told).toMatchObject([{ detail: { error: name, reason } }]);
  });

  it('is told without the store, by its input alone, and says what that leaves open', async () => {
    const refuse = () => Promise.reject(new StoreUnavailableError('The store does not answer.', { remedy: 'Wait.' }));
    const { told, run, log } = await setUp({ read: refuse, list: refuse, write: refuse });
    await run({ input: { ...typed, actor: { kind: 'person', id: 'ada' } }, error });
    expect(told).toMatchObject([
      {
        id: `${executionArn}/refused`,
        detail: { rollout: 'checkout', image: 'v2', actor: { id: 'ada' }, reason: expect.stringMatching(/Wait\. The store did not say/) },
      },
    ]);
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringContaining('whose start') }));
  });

  it('is tried again where the bus does not take it', async () => {
    const { run } = await setUp(await withSpec(), true);
    await expect(run({ input: typed, error })).rejects.toThrow(AwsUnavailableError);
  });

  it('is none where the execution has a rollout: its rollback tells of it', async () => {
    const store = await withSpec();
    const { record } = await underWay(store);
    const { told, run } = await setUp(store);
    const payload = { input: typed, error };
    expect(await run(payload, record.executionArn)).toEqual(payload);
    expect(told).toEqual([]);
    await run(payload);
    expect(told).toHaveLength(1);
  });

  it('reads as much of a service that had many rollouts as of one that had none', async () => {
    const readWith = async (rolloutsBefore: number) => {
      const store = await withSpec();
      for (let index = 0; index < rolloutsBefore; index += 1) await endedRollout(store, `before-${index}`);
      let items = 0;
      const counting: RolloutStore = {
        read: async (key) => {
          items += 1;
          return store.read(key);
        },
        list: async (partition) => {
          const listed = await store.list(partition);
          items += listed.length;
          return listed;
        },
        write: (changes) => store.write(changes),
      };
      const { told, run } = await setUp(counting);
      await run({ input: typed, error });
      expect(told).toHaveLength(1);
      return items;
    };
    expect(await readWith(12)).toBe(await readWith(0));
  });
});

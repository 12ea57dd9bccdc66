import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { guardRemoval } from '../../functions/guard-removal.ts';
import { type CustomResourceRequest, customResourceRequest } from '../../runtime/custom-resource.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { recordOf } from '../core/rollout/rollout-for-tests.ts';
import { startCloudFormation } from '../fakes/cloudformation.ts';

const cloudFormation = await startCloudFormation();
afterAll(() => cloudFormation.close());

const store = () => {
  const memory = createMemoryStore();
  const clock = new VirtualClock();
  const rollouts = new Turns(memory, clock);
  const begin = async (rollout: string, change: Partial<RolloutRecord> = {}) => {
    const executionArn = `arn:aws:states:eu-west-1:111122223333:execution:rollout:${rollout}`;
    const begun = await rollouts.begin(rollout, { executionArn, eventId: undefined }, (id) => recordOf({ rollout, executionArn, ...id }));
    if (begun.outcome !== 'begun') throw new Error('the service was held');
    const held = await rollouts.loadOwned(begun.record);
    return Object.keys(change).length === 0 ? held : rollouts.save(held, change);
  };
  const send = async (RequestType: CustomResourceRequest['RequestType']) => {
    const deps = { clock, store: memory, log: createMemoryLog() } as unknown as Deps;
    const known = RequestType === 'Create' ? {} : { PhysicalResourceId: 'guard-removal' };
    const request = cloudFormation.request({ RequestType, LogicalResourceId: 'Guard', ...known });
    await guardRemoval.wiredWith(deps)(customResourceRequest.parse(request));
    return cloudFormation.answers.at(-1);
  };
  return { rollouts, begin, send };
};

describe('the guard against removal', () => {
  it.each(['Create', 'Update'] as const)('lets %s through while a rollout runs, always under one id', async (type) => {
    const { begin, send } = store();
    await begin('checkout');
    expect(await send(type)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'guard-removal' });
  });

  it('O6: refuses Delete while rollouts run, with the name of each and what to do', async () => {
    const { begin, send } = store();
    await begin('cart', { phase: 'paused' });
    await begin('checkout', { phase: 'rollingBack' });
    const answer = await send('Delete');
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'guard-removal' });
    expect(answer?.Reason).toBe(
      'Sluice is not removed: cart-000001 (paused), checkout-000001 (rollingBack) are under way. Wait until they have ended, or abort them with `sluice abort cart`, and remove the stack then.',
    );
  });

  it('O5: refuses Delete while a rollback that failed needs a person', async () => {
    const { begin, rollouts, send } = store();
    await rollouts.end(await begin('checkout'), { phase: 'failed' });
    expect(await send('Delete')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/checkout-000001 \(failed\) is under way\. See where the traffic of checkout is/),
    });
  });

  it.each(['succeeded', 'rolledBack'] as const)('lets Delete through once all have ended: %s', async (phase) => {
    const { begin, rollouts, send } = store();
    await rollouts.end(await begin('checkout'), { phase });
    expect(await send('Delete')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'guard-removal' });
  });

  it('lets Delete through where nothing ever ran', async () => {
    expect(await store().send('Delete')).toMatchObject({ Status: 'SUCCESS' });
  });
});

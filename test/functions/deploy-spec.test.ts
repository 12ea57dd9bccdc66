import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Specs } from '../../adapters/store/specs.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { applySpec } from '../../functions/apply-spec.ts';
import { deploySpec } from '../../functions/deploy-spec.ts';
import type { CustomResourceRequest } from '../../runtime/custom-resource.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { startCloudFormation, type TakenAnswer } from '../fakes/cloudformation.ts';

const cloudFormation = await startCloudFormation();
afterAll(() => cloudFormation.close());

const fileOf = (name: string, change: Partial<RolloutSpecSource> = {}) => ({
  file: `rollouts/${name}.yaml`,
  text: stringify({ ...specSource({ name, ...change }) }),
});

function account() {
  const store = createMemoryStore();
  const deps = { clock: new VirtualClock(), store, log: createMemoryLog() } as unknown as Deps;
  const send = async (change: Partial<CustomResourceRequest>): Promise<TakenAnswer> => {
    await deploySpec.wiredWith(deps)(cloudFormation.request(change));
    const answer = cloudFormation.answers.at(-1);
    if (answer === undefined) throw new Error('there was no answer');
    return answer;
  };
  return {
    specs: new Specs(store),
    send,
    create: (LogicalResourceId: string, file: object) => send({ LogicalResourceId, ResourceProperties: { ...file } }),
    update: (LogicalResourceId: string, PhysicalResourceId: string, file: object) =>
      send({ RequestType: 'Update', LogicalResourceId, PhysicalResourceId, ResourceProperties: { ...file } }),
    remove: (LogicalResourceId: string, PhysicalResourceId: string, change: Partial<CustomResourceRequest> = {}) =>
      send({ RequestType: 'Delete', LogicalResourceId, PhysicalResourceId, ...change }),
    applyByHand: (file: object) => applySpec.wiredWith(deps)(file),
  };
}

describe('a file in rollouts/ that is deployed', () => {
  it('is applied, as by `sluice apply`', async () => {
    const { create, specs } = account();
    const answer = await create('Checkout', fileOf('checkout'));
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'rollout/checkout',
      Data: { Rollout: 'checkout', SpecVersion: '1' },
    });
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 1, retiredAtMs: undefined });
  });

  it('that is changed is the next version of the same resource; unchanged, it is the same version', async () => {
    const { create, update } = account();
    await create('Checkout', fileOf('checkout'));
    const same = await update('Checkout', 'rollout/checkout', fileOf('checkout'));
    expect(same).toMatchObject({ PhysicalResourceId: 'rollout/checkout', Data: { SpecVersion: '1' } });
    const changed = await update('Checkout', 'rollout/checkout', fileOf('checkout', { promotion: 'git' }));
    expect(changed).toMatchObject({ PhysicalResourceId: 'rollout/checkout', Data: { SpecVersion: '2' } });
  });

  it('that does not hold fails the deployment with file, line and what is wrong, and changes nothing', async () => {
    const { create, update, specs } = account();
    await create('Checkout', fileOf('checkout'));
    const answer = await update('Checkout', 'rollout/checkout', { file: 'rollouts/checkout.yaml', text: 'name: checkout\nwieght: 5\n' });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'rollout/checkout' });
    expect(answer.Reason).toMatch(/rollouts\/checkout\.yaml:2.*wieght[\s\S]*Mend the file/);
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 1, retiredAtMs: undefined });
  });

  it('whose first deployment failed leaves alone what was applied by hand under its name', async () => {
    const { applyByHand, create, remove, specs } = account();
    await applyByHand(fileOf('checkout'));
    const { PhysicalResourceId } = await create('Checkout', { file: 'rollouts/checkout.yaml', text: 'name: checkout\n' });
    expect(await remove('Checkout', PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(await specs.load('checkout')).toMatchObject({ retiredAtMs: undefined });
  });

  it('without its text is refused by name', async () => {
    const answer = await account().create('Checkout', {});
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Checkout has no file and text') });
  });
});

describe('a file in rollouts/ that is removed', () => {
  it('retires its spec: it is still to be looked at, and no push finds it', async () => {
    const { create, remove, specs } = account();
    await create('Checkout', fileOf('checkout'));
    expect(await remove('Checkout', 'rollout/checkout')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'rollout/checkout' });
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 1, retiredAtMs: expect.any(Number) });
    expect(await specs.namesForRepository(specSource().image.repository)).toEqual([]);
  });

  it('twice is as good as once, and comes back with the next version', async () => {
    const { create, remove, specs } = account();
    await create('Checkout', fileOf('checkout'));
    await remove('Checkout', 'rollout/checkout');
    expect(await remove('Checkout', 'rollout/checkout')).toMatchObject({ Status: 'SUCCESS' });
    expect(await create('Checkout', fileOf('checkout'))).toMatchObject({ Data: { SpecVersion: '2' } });
    expect(await specs.namesForRepository(specSource().image.repository)).toEqual(['checkout']);
  });

  it('after which a person has applied it by hand: a Delete that comes late does not take it away again', async () => {
    const { create, remove, applyByHand, specs } = account();
    await create('Checkout', fileOf('checkout'));
    await remove('Checkout', 'rollout/checkout');
    await applyByHand(fileOf('checkout'));
    await remove('Checkout', 'rollout/checkout');
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 2, retiredAtMs: undefined });
  });
});

describe('a rollout that changes its name or its file', () => {
  it('inside of one file becomes another resource, and the Delete of the old one retires the old name', async () => {
    const { create, update, remove, specs } = account();
    await create('Spec', fileOf('checkout'));
    expect(await update('Spec', 'rollout/checkout', fileOf('cart'))).toMatchObject({ PhysicalResourceId: 'rollout/cart' });
    await remove('Spec', 'rollout/checkout');
    expect((await specs.list()).map(({ spec, retiredAtMs }) => [spec.name, retiredAtMs === undefined])).toEqual([
      ['cart', true],
      ['checkout', false],
    ]);
  });

  it('is taken back where the update is rolled back: the old name is applied again, the new one retired', async () => {
    const { create, update, remove, specs } = account();
    await create('Spec', fileOf('checkout'));
    await update('Spec', 'rollout/checkout', fileOf('cart'));
    expect(await update('Spec', 'rollout/cart', fileOf('checkout'))).toMatchObject({ PhysicalResourceId: 'rollout/checkout' });
    await remove('Spec', 'rollout/cart');
    expect((await specs.list()).map(({ spec, retiredAtMs }) => [spec.name, retiredAtMs === undefined])).toEqual([
      ['cart', false],
      ['checkout', true],
    ]);
  });

  it('to one that another file of the deployment has is refused', async () => {
    const { create, specs } = account();
    await create('Checkout', fileOf('checkout'));
    const answer = await create('CheckoutAgain', fileOf('checkout', { promotion: 'git' }));
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/resource is Checkout.*Give one of the two/) });
    expect(await specs.load('checkout')).toMatchObject({ specVersion: 1 });
  });

  it('to that of one that was applied by hand takes it over, and so does a stack that was made anew', async () => {
    const { applyByHand, create, send, remove, specs } = account();
    await applyByHand(fileOf('checkout'));
    expect(await create('Checkout', fileOf('checkout'))).toMatchObject({ Data: { SpecVersion: '1' } });
    const StackId = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/sluice/2';
    expect(await send({ StackId, LogicalResourceId: 'Other', ResourceProperties: fileOf('checkout') })).toMatchObject({
      Status: 'SUCCESS',
    });
    await remove('Checkout', 'rollout/checkout');
    expect(await specs.load('checkout')).toMatchObject({ retiredAtMs: undefined });
    await remove('Other', 'rollout/checkout', { StackId });
    expect(await specs.load('checkout')).toMatchObject({ retiredAtMs: expect.any(Number) });
  });
});

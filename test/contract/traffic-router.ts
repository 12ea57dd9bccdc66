import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FencedError, SluiceError, WeightNotVerifiedError } from '../../core/errors.ts';
import { losingWrites, overtaken } from '../fakes/unreliable-kubernetes.ts';
import { at, both, type RouterForContract, RouterHand } from './router-hand.ts';
import { trafficRouterFenceContract } from './traffic-router-fence.ts';

export type { RouterForContract } from './router-hand.ts';

/** What every TrafficRouter does. */
export function trafficRouterContract(name: string, setUp: () => Promise<RouterForContract>): void {
  trafficRouterFenceContract(name, setUp);

  describe(`${name} as a TrafficRouter`, () => {
    let hand: RouterHand;
    beforeEach(async () => {
      hand = new RouterHand(await setUp());
    });
    afterEach(async () => hand.set.close?.());

    describe('reading', () => {
      it('says that stable has everything, and that no fence is there, before Sluice ever wrote', async () => {
        expect(await hand.read()).toEqual(both(0, undefined));
        expect((await hand.router.read(hand.set.target)).map(({ route }) => route)).toEqual(hand.set.target.routes);
      });
    });

    describe('a claim', () => {
      it('leaves everything as it is but for annotations, and carries its fence', async () => {
        const before = (await hand.raw()).map((object) => object?.['spec']);
        expect(await hand.write(0, 1, 'claim')).toEqual(await hand.router.read(hand.set.target));
        expect(await hand.read()).toEqual(both(0, 1));
        expect((await hand.raw()).map((object) => object?.['spec'])).toStrictEqual(before);
      });

      it('may be repeated', async () => {
        await hand.write(0, 1, 'claim');
        const before = await hand.raw();
        await hand.write(0, 1, 'claim');
        expect(await hand.raw()).toEqual(before);
      });
    });

    describe('an owner', () => {
      it.each([0, 1, 5, 25, 50, 99, 100])('writes the weight %i on every route, and reads it back', async (weight) => {
        await hand.write(0, 1, 'claim');
        await hand.write(weight === 50 ? 25 : 50, 1, 'owner');
        const readings = await hand.write(weight, 1, 'owner');
        expect(readings.map(({ split }) => split.canary)).toEqual([weight, weight]);
        expect(await hand.read()).toEqual(both(weight, 1));
      });

      it('writes nothing where everything is as it should be', async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(25, 1, 'owner');
        const before = await hand.raw();
        await hand.write(25, 1, 'owner');
        expect(await hand.raw()).toEqual(before);
      });
    });

    describe('a write', () => {
      it('that the API promised and lost is noticed, and can be tried again', async () => {
        await hand.write(0, 1, 'claim');
        const lost = hand.write(50, 1, 'owner', losingWrites(hand.set.api));
        await expect(lost).rejects.toThrow(WeightNotVerifiedError);
        await expect(lost).rejects.toThrow('reads 100/0 under fence 1 after 50/50 under fence 1 was written');
        await hand.write(50, 1, 'owner');
        expect(await hand.read()).toEqual(both(50, 1));
      });

      it('of a door that was lost is noticed, even where the weights were right before: the fence was not', async () => {
        await hand.write(0, 1, 'claim');
        await expect(hand.write(0, 2, 'door', losingWrites(hand.set.api))).rejects.toThrow(WeightNotVerifiedError);
      });
    });

    describe('T5: two rollouts that share an object', () => {
      beforeEach(async () => {
        await hand.write(0, 1, 'claim');
        await hand.router.write(hand.set.other, at(0, 7, 'claim'));
      });

      it('keep their weights and their fences', async () => {
        await Promise.all([hand.write(25, 1, 'owner'), hand.router.write(hand.set.other, at(60, 7, 'owner'))]);
        expect(await hand.read()).toEqual(both(25, 1));
        expect(await hand.read(hand.set.other)).toEqual([[40, 60, 7]]);
        await hand.write(0, 2, 'door');
        await hand.router.removeCanary(hand.set.target, 2);
        expect(await hand.read(hand.set.other)).toEqual([[40, 60, 7]]);
      });

      it('lose no update where one overtakes the other', async () => {
        const api = overtaken(hand.set.api, () => hand.router.write(hand.set.other, at(60, 7, 'owner')));
        await hand.write(25, 1, 'owner', api);
        expect(await hand.read()).toEqual(both(25, 1));
        expect(await hand.read(hand.set.other)).toEqual([[40, 60, 7]]);
      });
    });

    describe('T4: removing the canary', () => {
      const rollBack = async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(50, 1, 'owner');
        await hand.write(0, 2, 'door');
      };

      it('gives back the objects as they were, but for the fence', async () => {
        const before = await hand.contents();
        await rollBack();
        await hand.router.removeCanary(hand.set.target, 2);
        expect(await hand.contents()).toStrictEqual(before);
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('may be repeated, which writes nothing', async () => {
        await rollBack();
        await hand.router.removeCanary(hand.set.target, 2);
        const before = await hand.raw();
        await hand.router.removeCanary(hand.set.target, 2);
        expect(await hand.raw()).toEqual(before);
      });

      it('is done where the canary was never in the route', async () => {
        const before = await hand.contents();
        await hand.write(0, 1, 'claim');
        await hand.write(0, 2, 'door');
        await hand.router.removeCanary(hand.set.target, 2);
        expect(await hand.contents()).toStrictEqual(before);
      });

      it('is refused while the canary has weight, and changes nothing', async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(1, 1, 'owner');
        const before = await hand.raw();
        await expect(hand.router.removeCanary(hand.set.target, 1)).rejects.toThrow(SluiceError);
        expect(await hand.raw()).toEqual(before);
      });

      it('is refused under a fence that is older than the one on the route, and changes nothing', async () => {
        await rollBack();
        const before = await hand.raw();
        await expect(hand.router.removeCanary(hand.set.target, 1)).rejects.toThrow(FencedError);
        expect(await hand.raw()).toEqual(before);
      });

      it('is done, and the fence put back, where somebody removed it', async () => {
        const before = await hand.contents();
        await rollBack();
        await hand.removeFence();
        await hand.router.removeCanary(hand.set.target, 2);
        expect(await hand.contents()).toStrictEqual(before);
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('can be followed by the next rollout, and its end', async () => {
        const before = await hand.contents();
        await rollBack();
        await hand.router.removeCanary(hand.set.target, 2);
        await hand.write(0, 3, 'claim');
        await hand.write(100, 3, 'owner');
        await hand.write(0, 3, 'owner');
        await hand.router.removeCanary(hand.set.target, 3);
        expect(await hand.contents()).toStrictEqual(before);
        expect(await hand.read()).toEqual(both(0, 3));
      });
    });
  });
}

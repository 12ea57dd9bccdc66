import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouteRejectedError } from '../../core/errors.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { at, type RouterForShared, RouterHand } from './router-hand.ts';

/** What every TrafficRouter does with a rule that has other backends beside stable and the canary: those keep their weight. */
export function trafficRouterSharedContract(name: string, setUp: () => Promise<RouterForShared>): void {
  describe(`T5: ${name} as a TrafficRouter of a rule that others share`, () => {
    let hand: RouterHand<RouterForShared>;
    beforeEach(async () => {
      hand = new RouterHand(await setUp());
    });
    afterEach(async () => hand.set.close?.());

    const write = (...of: Parameters<typeof at>) => hand.router.write(hand.set.shared.target, at(...of));
    const read = () => hand.read(hand.set.shared.target);
    const found = () => hand.set.api.read(hand.set.shared.object);
    const content = async () => (await found())?.['spec'];
    const others = async () => {
      const object = await found();
      return object === undefined ? undefined : hand.set.shared.othersOf(object);
    };

    it('shares between the two what stable had', async () => {
      const before = await others();
      expect(await read()).toEqual([[100, 0, undefined]]);
      await write(0, 1, 'claim');
      for (const weight of [2, 50, 98, 100]) {
        await write(weight, 1, 'owner');
        expect(await read()).toEqual([[100 - weight, weight, 1]]);
        expect(await others()).toStrictEqual(before);
      }
    });

    it.each<[string, TrafficShape]>([
      ['without a shape', {}],
      ['with one', { affinity: { cookie: 'sluice-user', maxAgeSeconds: 60 } }],
    ])('gives all of it back, %s', async (_what, asked) => {
      const shape = hand.router.capabilities.affinity ? asked : {};
      const before = await content();
      await write(0, 1, 'claim');
      await write(50, 1, 'owner', shape);
      await write(0, 2, 'door');
      expect(await read()).toEqual([[100, 0, 2]]);
      await hand.router.removeCanary(hand.set.shared.target, 2);
      expect(await content()).toStrictEqual(before);
    });

    it('refuses a weight that no integers say, and a plan of such weights before a rollout begins', async () => {
      const refusals = async (weights: readonly number[]) =>
        (await hand.router.inspect(hand.set.shared.target, { weights, shapes: [] })).filter(
          ({ severity, remedy }) => severity === 'refusal' && /multiply/i.test(remedy),
        );
      expect(await refusals([2, 50, 100])).toEqual([]);
      expect(await refusals([1, 50])).toMatchObject([{ remedy: expect.stringMatching(/multiply .* by 2/i) }]);
      await write(0, 1, 'claim');
      const before = await content();
      await expect(write(1, 1, 'owner')).rejects.toThrow(RouteRejectedError);
      expect(await content()).toStrictEqual(before);
    });
  });
}
